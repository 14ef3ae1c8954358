/** Normalization of groups of channels over all their positions: InstanceNormalization, GroupNormalization. */
import { sizeOf, tensor } from "../tensor.ts";
import { emitNormalized, emitScaleAndBias, floatNormalized } from "./moments.ts";
import {
  badShape,
  floatAttribute,
  inputConstant,
  inputType,
  type Meaning,
  type NodeContext,
  tensorInput,
} from "./operator.ts";
import { emitView } from "./steps.ts";

/** `groups` groups of neighbouring channels; parameters by channel, or by group. */
export function checkChannelNormalization(context: NodeContext, groups: number): Meaning {
  const { node } = context;
  const x = inputType(context, 0);
  const [batch, channels] = x.shape;
  if (x.shape.length < 2 || !Number.isInteger(channels / groups) || groups < 1)
    badShape(node, `the channels of [${x.shape}] do not divide into ${groups} groups`);
  const shape = x.shape.map((_, axis) => (axis === 1 ? channels : 1));
  const parameter = (index: number, what: string): { shape: number[]; data: Float64Array } => {
    const { data } = inputConstant(context, index, what);
    if (data.length !== channels && data.length !== groups)
      badShape(node, `${what} has ${data.length} values for ${channels} channels in ${groups} groups`);
    const perValue = channels / data.length;
    return { shape, data: Float64Array.from({ length: channels }, (_, c) => data[Math.floor(c / perValue)]) };
  };
  const [scale, bias] = [parameter(1, "the scale"), parameter(2, "the bias")];
  const options = { epsilon: floatAttribute(node, "epsilon", 1e-5), isCentred: true };
  const n = sizeOf(x.shape) / (batch * groups);
  return {
    outputs: [x],
    float: ([input]) => [tensor(x.shape, floatNormalized(input.data, n, options, x.shape, scale, bias), x.dtype)],
    plan: (planner) => {
      const [output] = planner.outputs;
      const rows = { name: planner.fresh(output.name), shape: [1, batch * groups, n] as const };
      const result = { name: planner.fresh(output.name), shape: rows.shape };
      const unit = { name: planner.fresh(output.name), shape: output.shape };
      emitView(planner, [tensorInput(planner, 0).name], rows, { name: "reshape" });
      emitNormalized(planner, rows, result, options);
      emitView(planner, [result.name], unit, { name: "reshape" });
      emitScaleAndBias(planner, unit.name, output, scale, bias);
    },
  };
}
