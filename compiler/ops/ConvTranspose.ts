import type { ConvPart, Window } from "../program.ts";
import { accumulateConv } from "../steps/conv.ts";
import { applyView } from "../steps/view.ts";
import { sameShape, sizeOf, tensor } from "../tensor.ts";
import {
  badShape,
  inputConstant,
  inputType,
  intAttribute,
  intsAttribute,
  type NodeContext,
  type Operator,
  stringAttribute,
  tensorInput,
  unsupported,
} from "./operator.ts";
import { emitLinear, NO_BIAS } from "./steps.ts";
import { type Named, reshaped, sliced } from "./views.ts";

interface Axis {
  readonly window: Window;
  readonly stride: number;
}

/** A convolution with the flipped kernel over the input with stride - 1 zeros behind every cell. */
export const convTranspose: Operator = {
  op: "ConvTranspose",
  takes: "1-D and 2-D, strides, any padding, groups, dilations, output padding; constant weights",
  check: (context) => {
    const { node } = context;
    const [x, w] = [inputType(context, 0), inputType(context, 1)];
    const weights = inputConstant(context, 1, "the kernel");
    const bias = context.types[2] ? inputConstant(context, 2, "the bias") : undefined;
    const groups = intAttribute(node, "group", 1);
    if (w.shape.length !== x.shape.length) badShape(node, `input [${x.shape}] and kernel [${w.shape}] differ in rank`);
    const [batch, channels] = x.shape;
    const [inChannels, groupOut, ...kernel] = w.shape;
    if (inChannels !== channels || groups < 1 || channels % groups !== 0)
      badShape(node, `kernel [${w.shape}] with ${groups} groups does not fit input [${x.shape}]`);
    if (!sameShape(intsAttribute(node, "kernel_shape") ?? kernel, kernel))
      badShape(node, "attribute kernel_shape differs from the kernel");
    const outChannels = groupOut * groups;
    if (bias && !sameShape(bias.shape, [outChannels]))
      badShape(node, `bias [${bias.shape}] is not one value for each of ${outChannels} channels`);
    const axes = readAxes(context, x.shape.slice(2), kernel);
    const windows = axes.map(({ window }) => window);
    const shape = [batch, outChannels, ...windows.map(({ outN }) => outN)];
    const part: Omit<ConvPart, "x"> = {
      kind: "conv",
      groups,
      channels,
      outChannels,
      windows,
      weights: flipped(weights.data, groups, channels / groups, groupOut, sizeOf(kernel)),
    };
    return {
      outputs: [{ dtype: x.dtype, shape }],
      float: ([input]) => {
        const acc = new Float64Array(sizeOf(shape));
        const plane = sizeOf(shape.slice(2));
        if (bias) for (let i = 0; i < acc.length; i++) acc[i] = bias.data[Math.floor(i / plane) % outChannels];
        accumulateConv(acc, { ...part, x: "" }, spreadValues(input, axes));
        return [tensor(shape, acc, x.dtype)];
      },
      plan: (planner) => {
        const spread = axes.reduce<Named>(
          (named, { stride }, i) => {
            if (stride === 1) return named;
            const { shape: before } = named;
            const apart = reshaped(planner, named, [...before.slice(0, 3 + i), 1, ...before.slice(3 + i)]);
            const filled = sliced(planner, apart, 3 + i, 0, 1, stride);
            return reshaped(
              planner,
              filled,
              before.map((n, axis) => (axis === 2 + i ? n * stride : n)),
            );
          },
          tensorInput(planner, 0),
        );
        emitLinear(planner, planner.outputs[0], {
          parts: [{ ...part, x: spread.name }],
          bias: bias ? { shape: [1, outChannels, ...windows.map(() => 1)], data: bias.data } : NO_BIAS,
        });
      },
    };
  },
};

/** [channels, groupOut, k..] to [outChannels, groupIn, reversed k..] */
function flipped(weights: Float64Array, groups: number, groupIn: number, groupOut: number, size: number): Float64Array {
  const out = new Float64Array(weights.length);
  for (let g = 0; g < groups; g++)
    for (let i = 0; i < groupIn; i++)
      for (let o = 0; o < groupOut; o++)
        for (let k = 0; k < size; k++)
          out[((g * groupOut + o) * groupIn + i) * size + k] =
            weights[((g * groupIn + i) * groupOut + o) * size + size - 1 - k];
  return out;
}

function spreadValues(input: { shape: readonly number[]; data: Float64Array }, axes: readonly Axis[]): Float64Array {
  let { shape, data } = input;
  axes.forEach(({ stride }, i) => {
    const axis = 3 + i;
    const apart = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
    const filled = apart.map((n, j) => (j === axis ? stride : n));
    data = applyView({ name: "slice", axis, start: 0, step: 1 }, [{ shape: apart, data }], filled);
    shape = shape.map((n, j) => (j === axis - 1 ? n * stride : n));
  });
  return data;
}

function readAxes({ node }: NodeContext, spatial: readonly number[], kernel: readonly number[]): Axis[] {
  const rank = spatial.length;
  if (rank < 1 || rank > 2) unsupported(node, `the input has ${rank} spatial axes`, "use one or two spatial axes");
  const list = (name: string, fallback: number): readonly number[] => {
    const values = intsAttribute(node, name) ?? new Array<number>(rank).fill(fallback);
    if (values.length !== rank) badShape(node, `attribute ${name} has ${values.length} values for ${rank} axes`);
    return values;
  };
  const [strides, dilations, more] = [list("strides", 1), list("dilations", 1), list("output_padding", 0)];
  const asked = intsAttribute(node, "output_shape")?.slice(-rank);
  const pads = intsAttribute(node, "pads") ?? new Array<number>(2 * rank).fill(0);
  const auto = stringAttribute(node, "auto_pad", "NOTSET");
  return spatial.map((n, i) => {
    const extent = dilations[i] * (kernel[i] - 1) + 1;
    const full = strides[i] * (n - 1) + more[i] + extent;
    let before = auto === "VALID" ? 0 : pads[i];
    let outN = full - before - (auto === "VALID" ? 0 : pads[i + rank]);
    const isSame = auto === "SAME_UPPER" || auto === "SAME_LOWER";
    if (asked || isSame) {
      outN = asked?.[i] ?? n * strides[i];
      const total = Math.max(0, full - outN);
      before = auto === "SAME_UPPER" ? Math.floor(total / 2) : Math.ceil(total / 2);
    }
    if (!(outN >= 1)) badShape(node, `the result has ${outN} cells along an axis`);
    const window = { inputN: n * strides[i], outN, kernel: kernel[i], stride: 1, dilation: dilations[i] };
    return { stride: strides[i], window: { ...window, pad: extent - 1 - before } };
  });
}
