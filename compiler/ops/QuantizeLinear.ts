import { axisOf, inputType, intAttribute, type Operator, tensorInput } from "./operator.ts";
import { emitQuantized, quantize, readQuantization } from "./quantized.ts";

/** The tensor keeps exactly these integers in the circuit; half a unit rounds up, where ONNX rounds to even. */
export const quantizeLinear: Operator = {
  op: "QuantizeLinear",
  takes:
    "8 and 16 bits, by tensor or by channel, constant scale and zero point; the circuit keeps the model's integers, ties round up",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const axis = x.shape.length < 2 ? 0 : axisOf(node, intAttribute(node, "axis", 1), x.shape.length);
    const quantization = readQuantization(context, 1, x.shape.length, axis);
    return {
      outputs: [{ shape: x.shape, dtype: quantization.dtype }],
      float: ([input]) => [quantize(input, quantization)],
      plan: (planner) => emitQuantized(planner, tensorInput(planner, 0).name, quantization),
    };
  },
};
