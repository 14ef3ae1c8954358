/** Normalization over the axes from `axis` on, scaled and shifted by element: LayerNormalization, RMSNormalization. */
import { sizeOf, type Tensor, tensor } from "../tensor.ts";
import { emitNormalized, emitScaleAndBias, floatNormalized } from "./moments.ts";
import {
  axisOf,
  badShape,
  floatAttribute,
  inputConstant,
  inputType,
  intAttribute,
  type Meaning,
  type NodeContext,
  tensorInput,
} from "./operator.ts";
import { emitWithAxesLast } from "./rows.ts";

export function checkTrailingNormalization(context: NodeContext, isCentred: boolean): Meaning {
  const { node, types } = context;
  const x = inputType(context, 0);
  const axis = axisOf(node, intAttribute(node, "axis", -1), x.shape.length);
  const normalized = x.shape.slice(axis);
  const parameter = (index: number, what: string): Tensor => {
    const value = inputConstant(context, index, what);
    const fits = value.shape.every((n, i) => n === 1 || n === normalized[normalized.length - value.shape.length + i]);
    if (value.shape.length > normalized.length || !fits)
      badShape(node, `${what} [${value.shape}] does not fit the normalized axes [${normalized}]`);
    return value;
  };
  const scale = parameter(1, "the scale");
  const bias = types[2] === undefined ? undefined : parameter(2, "the bias");
  const options = { epsilon: floatAttribute(node, "epsilon", 1e-5), isCentred };
  return {
    outputs: [x],
    float: ([input]) => {
      const data = floatNormalized(input.data, sizeOf(normalized), options, x.shape, scale, bias);
      return [tensor(x.shape, data, x.dtype)];
    },
    plan: (planner) => {
      const axes = x.shape.map((_, i) => i).slice(axis);
      const [output] = planner.outputs;
      const unit = { name: planner.fresh(output.name), shape: output.shape };
      emitWithAxesLast(planner, tensorInput(planner, 0), unit, axes, (rows, result) =>
        emitNormalized(planner, rows, result, options),
      );
      emitScaleAndBias(planner, unit.name, output, scale, bias);
    },
  };
}
