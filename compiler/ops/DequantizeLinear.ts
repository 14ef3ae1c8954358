import { axisOf, inputType, intAttribute, type Operator, tensorInput } from "./operator.ts";
import { dequantize, readQuantization } from "./quantized.ts";
import { emitLinear } from "./steps.ts";

export const dequantizeLinear: Operator = {
  op: "DequantizeLinear",
  takes: "8 and 16 bits, and 32 bits of constants, by tensor or by channel, constant scale and zero point",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const axis = x.shape.length < 2 ? 0 : axisOf(node, intAttribute(node, "axis", 1), x.shape.length);
    const isBias = x.dtype === "int32" && context.constants[0] !== undefined;
    const known = isBias ? { ...context, types: context.types.slice(0, 2) } : context;
    const quantization = readQuantization(known, 1, x.shape.length, axis);
    const { shape, scales, zeros } = quantization;
    return {
      outputs: [{ shape: x.shape, dtype: "float32" }],
      float: ([input]) => [dequantize(input, quantization)],
      plan: (planner) => {
        const { name } = tensorInput(planner, 0);
        emitLinear(planner, planner.outputs[0], {
          parts: [{ kind: "scale", x: name, shape, factors: scales }],
          bias: { shape, data: zeros.map((zero, i) => -zero * scales[i]) },
        });
      },
    };
  },
};
