import { sameShape } from "../tensor.ts";
import {
  badShape,
  floatAttribute,
  inputConstant,
  inputType,
  intAttribute,
  type Operator,
  tensorInput,
  unsupported,
} from "./operator.ts";
import { emitLinear } from "./steps.ts";

/** (x - mean) / sqrt(variance + epsilon) · scale + bias, by channel. */
export const batchNormalization: Operator = {
  op: "BatchNormalization",
  takes: "inference form; folded into a preceding Conv or Gemm, else a scale per channel",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    if (intAttribute(node, "training_mode", 0) !== 0)
      unsupported(node, "the node is in training mode", "export the model in inference mode");
    if (node.outputs.slice(1).some((name) => name !== ""))
      unsupported(node, "running statistics are outputs", "export the model in inference mode");
    const channels = x.shape[1] ?? 1;
    const [scale, bias, mean, variance] = ["the scale", "the bias", "the mean", "the variance"].map((what, i) =>
      inputConstant(context, i + 1, what),
    );
    for (const item of [scale, bias, mean, variance]) {
      if (!sameShape(item.shape, [channels]))
        badShape(node, `a parameter [${item.shape}] is not one value for each of ${channels} channels`);
    }
    const epsilon = floatAttribute(node, "epsilon", 1e-5);
    const factors = scale.data.map((value, c) => value / Math.sqrt(variance.data[c] + epsilon));
    const shifts = bias.data.map((value, c) => value - mean.data[c] * factors[c]);
    const shape = x.shape.map((_, axis) => (axis === 1 ? channels : 1));
    const plane = x.shape.slice(2).reduce((size, n) => size * n, 1);
    return {
      outputs: [x],
      float: ([input]) => [
        {
          ...input,
          data: input.data.map(
            (value, i) => value * factors[Math.floor(i / plane) % channels] + shifts[Math.floor(i / plane) % channels],
          ),
        },
      ],
      plan: (planner) => {
        const part = { kind: "scale", x: tensorInput(planner, 0).name, shape, factors } as const;
        emitLinear(planner, planner.outputs[0], { parts: [part], bias: { shape, data: shifts } });
      },
    };
  },
};
