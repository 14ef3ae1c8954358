/** Integers of a quantized model: real = (integer - zero) · scale, the same for a tensor or for each index of one axis. */
import { evaluateActivation } from "../activation.ts";
import { isFloat, sizeOf, type Tensor, type TensorType, tensor } from "../tensor.ts";
import {
  badShape,
  inputConstant,
  inputType,
  type Meaning,
  type NodeContext,
  type Operator,
  type PlanInput,
  type Planner,
  tensorInput,
  unsupported,
} from "./operator.ts";
import { emitLinear, scaled } from "./steps.ts";

const RANGES = {
  int8: { lo: -128, hi: 127 },
  uint8: { lo: 0, hi: 255 },
  int16: { lo: -32768, hi: 32767 },
  uint16: { lo: 0, hi: 65535 },
} as const;
export type QuantizedType = keyof typeof RANGES;

export interface Quantization {
  readonly dtype: QuantizedType;
  /** Broadcast to the tensor. */
  readonly shape: readonly number[];
  readonly scales: Float64Array;
  readonly zeros: Float64Array;
}

/** Of inputs `scaleAt` and `scaleAt + 1`, for a tensor of `rank` axes; one value, or one for each index of `axis`. */
export function readQuantization(
  context: NodeContext,
  scaleAt: number,
  rank: number,
  axis: number,
  fallback: QuantizedType = "uint8",
): Quantization {
  const { node, types } = context;
  const scale = inputConstant(context, scaleAt, "the scale");
  const zero = types[scaleAt + 1] === undefined ? undefined : inputConstant(context, scaleAt + 1, "the zero point");
  const count = sizeOf(scale.shape);
  if (scale.shape.length > 1 || (zero && sizeOf(zero.shape) !== count))
    unsupported(node, "scales form blocks", "quantize by tensor or by channel");
  return {
    ...quantizationOf(context, zero?.dtype ?? fallback),
    shape: count === 1 ? [] : Array.from({ length: rank }, (_, i) => (i === axis ? count : 1)),
    scales: scale.data,
    zeros: zero?.data ?? new Float64Array(count),
  };
}

function quantizationOf({ node }: NodeContext, dtype: string): { dtype: QuantizedType } {
  if (!(dtype in RANGES)) unsupported(node, `integers of type ${dtype}`, `use ${Object.keys(RANGES).join(", ")}`);
  return { dtype: dtype as QuantizedType };
}

export const integersOf = ({ dtype }: Quantization) => ({ name: "integers", ...RANGES[dtype] }) as const;

/** Index of the scale of element i. */
function indexOf({ shape }: Quantization, full: readonly number[]): (i: number) => number {
  const axis = shape.findIndex((n) => n > 1);
  if (axis < 0) return () => 0;
  const inner = sizeOf(full.slice(axis + 1));
  return (i) => Math.floor(i / inner) % shape[axis];
}

export function quantize(x: Tensor, quantization: Quantization): Tensor {
  const { scales, zeros, dtype } = quantization;
  const at = indexOf(quantization, x.shape);
  const integers = integersOf(quantization);
  // The sum is rounded after the division, as onnxruntime does: ties go to the even quotient.
  const data = x.data.map((value, i) => {
    const rounded = evaluateActivation({ name: "integers", lo: -(2 ** 31), hi: 2 ** 31 }, value / scales[at(i)]);
    return evaluateActivation(integers, rounded + zeros[at(i)]);
  });
  return tensor(x.shape, data, dtype);
}

export function dequantize(x: Tensor, quantization: Quantization): Tensor {
  const { scales, zeros } = quantization;
  const at = indexOf(quantization, x.shape);
  return tensor(
    x.shape,
    x.data.map((value, i) => (value - zeros[at(i)]) * scales[at(i)]),
  );
}

/** out = integers of x / scale + zero */
export function emitQuantized(planner: Planner, x: string, quantization: Quantization, factor = 1): void {
  const { shape, scales, zeros } = quantization;
  emitLinear(planner, planner.outputs[0], {
    parts: [{ kind: "scale", x, shape, factors: scales.map((scale) => factor / scale) }],
    bias: { shape, data: zeros },
    activation: integersOf(quantization),
  });
}

/** A product of two quantized tensors, by the operator that multiplies real ones. */
export interface QuantizedProduct {
  readonly operator: Operator;
  /** Of x and y, each undefined where its zero point and scale are 0 and 1. */
  readonly quantizations: readonly [Quantization, Quantization];
  /** Where x and y are among the inputs. */
  readonly at: readonly [number, number];
  readonly bias?: Tensor;
  /** Of the result; absent where it stays a sum. */
  readonly result?: Quantization;
}

export function checkQuantizedProduct(context: NodeContext, product: QuantizedProduct): Meaning {
  const { operator, quantizations, at, bias, result } = product;
  const { node } = context;
  const types = at.map((index): TensorType => ({ ...inputType(context, index), dtype: "float32" }));
  const constants = at.map((index, i) => {
    const value = context.constants[index];
    return value === undefined ? undefined : dequantize(value, quantizations[i]);
  });
  const scales = quantizations.map((quantization, i) => {
    if (constants[i] !== undefined) return 1;
    if (quantization.shape.length > 0)
      unsupported(node, "a computed tensor has a scale for each channel", "quantize activations by tensor");
    return quantization.scales[0];
  });
  const factor = scales[0] * scales[1];
  // The operator multiplies integers of computed tensors; their scales come after it, and so before its bias.
  const shifted = quantizations.map((quantization): Quantization => ({ ...quantization, scales: Float64Array.of(1) }));
  const added =
    bias &&
    tensor(
      bias.shape,
      bias.data.map((value) => value / factor),
    );
  const inner = operator.check({
    ...context,
    types: [...types, added],
    constants: [...constants, added],
  });
  const [output] = inner.outputs;
  if (output === undefined) badShape(node, "the product has no result");
  return {
    outputs: [{ shape: output.shape, dtype: result?.dtype ?? "int32" }],
    float: (inputs) => {
      const operands = at.map((index, i) => constants[i] ?? dequantize(inputs[index], shifted[i]));
      const [sum] = inner.float(added ? [...operands, added] : operands);
      const real = tensor(
        sum.shape,
        sum.data.map((value) => value * factor),
        "int32",
      );
      return [result ? quantize(real, result) : real];
    },
    plan: (planner) => {
      const inputs = at.map((index, i): PlanInput => {
        const constant = constants[i];
        return constant
          ? { kind: "constant", tensor: constant, shape: constant.shape }
          : unshifted(planner, index, quantizations[i]);
      });
      if (added) inputs.push({ kind: "constant", tensor: added, shape: added.shape });
      const sum = result ? { name: planner.fresh(planner.outputs[0].name), shape: output.shape } : planner.outputs[0];
      inner.plan?.({ ...planner, inputs, outputs: [sum] });
      if (result) emitQuantized(planner, sum.name, result, factor);
    },
  };
}

/** The input less its zero point. */
function unshifted(planner: Planner, index: number, { zeros: [zero] }: Quantization): PlanInput {
  const input = tensorInput(planner, index);
  if (zero === 0) return { kind: "tensor", ...input };
  const output = { name: planner.fresh(input.name), shape: input.shape };
  emitLinear(planner, output, { parts: [scaled(input.name, 1)], bias: { shape: [], data: Float64Array.of(-zero) } });
  return { kind: "tensor", ...output };
}

/** Zero points alone, as the operators on bare integers have them; none for what `DynamicQuantizeLinear` left real. */
export function zeroPointOnly(context: NodeContext, input: number, zeroAt: number, axis: number): Quantization {
  const { shape, dtype } = inputType(context, input);
  if (isFloat(dtype)) return { dtype: "uint8", shape: [], scales: Float64Array.of(1), zeros: Float64Array.of(0) };
  const zero = context.types[zeroAt] === undefined ? undefined : inputConstant(context, zeroAt, "the zero point");
  const count = zero ? sizeOf(zero.shape) : 1;
  return {
    ...quantizationOf(context, dtype),
    shape: count === 1 ? [] : shape.map((_, i) => (i === axis ? count : 1)),
    scales: new Float64Array(count).fill(1),
    zeros: zero?.data ?? new Float64Array(1),
  };
}
