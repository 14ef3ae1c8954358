import type { ConvPart } from "../program.ts";
import { accumulateConv } from "../steps/conv.ts";
import { sameShape, sizeOf, tensor } from "../tensor.ts";
import {
  badShape,
  inputConstant,
  inputType,
  intAttribute,
  intsAttribute,
  type Operator,
  tensorInput,
} from "./operator.ts";
import { emitLinear, NO_BIAS } from "./steps.ts";
import { readWindows } from "./window.ts";

export const conv: Operator = {
  op: "Conv",
  takes: "1-D and 2-D, strides, any padding, groups, dilations; constant weights",
  check: (context) => {
    const { node } = context;
    const [x, w] = [inputType(context, 0), inputType(context, 1)];
    const weights = inputConstant(context, 1, "the kernel");
    const bias = context.types[2] ? inputConstant(context, 2, "the bias") : undefined;
    const groups = intAttribute(node, "group", 1);
    if (w.shape.length !== x.shape.length) badShape(node, `input [${x.shape}] and kernel [${w.shape}] differ in rank`);
    const [batch, channels] = x.shape;
    const [outChannels, groupIn, ...kernel] = w.shape;
    if (groups < 1 || groupIn * groups !== channels || outChannels % groups !== 0) {
      badShape(node, `kernel [${w.shape}] with ${groups} groups does not fit input [${x.shape}]`);
    }
    if (!sameShape(intsAttribute(node, "kernel_shape") ?? kernel, kernel))
      badShape(node, "attribute kernel_shape differs from the kernel");
    if (bias && !sameShape(bias.shape, [outChannels]))
      badShape(node, `bias [${bias.shape}] is not one value for each of ${outChannels} channels`);
    const { windows } = readWindows(node, x.shape, kernel, false);
    const shape = [batch, outChannels, ...windows.map((window) => window.outN)];
    const biasShape = [1, outChannels, ...windows.map(() => 1)];
    const part: Omit<ConvPart, "x"> = { kind: "conv", groups, channels, outChannels, windows, weights: weights.data };
    return {
      outputs: [{ dtype: x.dtype, shape }],
      float: ([input]) => {
        const acc = new Float64Array(sizeOf(shape));
        const plane = sizeOf(shape.slice(2));
        if (bias) for (let i = 0; i < acc.length; i++) acc[i] = bias.data[Math.floor(i / plane) % outChannels];
        accumulateConv(acc, { ...part, x: "" }, input.data);
        return [tensor(shape, acc, x.dtype)];
      },
      plan: (planner) => {
        const parts = [{ ...part, x: tensorInput(planner, 0).name }];
        emitLinear(planner, planner.outputs[0], {
          parts,
          bias: bias ? { shape: biasShape, data: bias.data } : NO_BIAS,
        });
      },
    };
  },
};
