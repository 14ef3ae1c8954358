import { broadcastTo, sizeOf, tensor } from "../tensor.ts";
import { emitNormalized, normalizedRow } from "./moments.ts";
import {
  axisOf,
  badShape,
  floatAttribute,
  inputConstant,
  inputType,
  intAttribute,
  type Operator,
  tensorInput,
  unsupported,
} from "./operator.ts";
import { emitWithAxesLast } from "./rows.ts";
import { emitLinear } from "./steps.ts";

/** (x - mean) / sqrt(variance + epsilon) · scale + bias over the axes from `axis` on. */
export const layerNormalization: Operator = {
  op: "LayerNormalization",
  check: (context) => {
    const { node, types } = context;
    const x = inputType(context, 0);
    if (node.outputs.slice(1).some((name) => name !== ""))
      unsupported(node, "mean or deviation is an output", "export the model without the statistics");
    const axis = axisOf(node, intAttribute(node, "axis", -1), x.shape.length);
    const normalized = x.shape.slice(axis);
    const n = sizeOf(normalized);
    const parameter = (index: number, what: string): Float64Array => {
      const value = inputConstant(context, index, what);
      if (sizeOf(value.shape) !== n && sizeOf(value.shape) !== 1)
        badShape(node, `${what} [${value.shape}] does not fit the normalized axes [${normalized}]`);
      return broadcastTo(value, normalized);
    };
    const factors = parameter(1, "the scale");
    const shifts = types[2] === undefined ? new Float64Array(n) : parameter(2, "the bias");
    const options = { epsilon: floatAttribute(node, "epsilon", 1e-5), isCentred: true };
    return {
      outputs: [x],
      float: ([input]) => {
        const out = new Float64Array(input.data.length);
        for (let at = 0; at < out.length; at += n) {
          const row = normalizedRow(input.data.subarray(at, at + n), options);
          row.forEach((value, i) => {
            out[at + i] = value * factors[i] + shifts[i];
          });
        }
        return [tensor(x.shape, out, x.dtype)];
      },
      plan: (planner) => {
        const axes = x.shape.map((_, i) => i).slice(axis);
        const [output] = planner.outputs;
        const unit = { name: planner.fresh(output.name), shape: output.shape };
        emitWithAxesLast(planner, tensorInput(planner, 0), unit, axes, (rows, result) =>
          emitNormalized(planner, rows, result, options),
        );
        emitLinear(planner, output, {
          parts: [{ kind: "scale", x: unit.name, shape: normalized, factors }],
          bias: { shape: normalized, data: shifts },
        });
      },
    };
  },
};
