/** Tabulated functions of one tensor, parameters and domains included. */
import { type Case, scalar, unary, weights } from "./case.ts";

const float = (value: number): { float: number } => ({ float: value });

function slopes(name: string, shape: readonly number[]): Case {
  return {
    name,
    model: {
      inputs: { x: [2, 3, 5] },
      nodes: [{ op: "PRelu", inputs: ["x", "s"] }],
      constants: { s: weights(shape, -0.5, 0.8) },
    },
    lo: -3,
    hi: 2,
  };
}

function pow(exponent: number, lo: number, hi: number): Case {
  return {
    name: `Pow ${exponent}`,
    model: { inputs: { x: [3, 5] }, nodes: [{ op: "Pow", inputs: ["x", "e"] }], constants: { e: scalar(exponent) } },
    lo,
    hi,
  };
}

export const FUNCTION_CASES: readonly Case[] = [
  unary("Abs"),
  unary("Acos", {}, { lo: -0.95, hi: 0.9 }),
  unary("Acosh", {}, { lo: 1.1, hi: 4 }),
  unary("Asin", {}, { lo: -0.95, hi: 0.9 }),
  unary("Asinh"),
  unary("Atan"),
  unary("Atanh", {}, { lo: -0.8, hi: 0.8 }),
  unary("Ceil", {}, { jumps: true }),
  unary("Celu", { alpha: float(0.7) }),
  unary("Cos"),
  unary("Cosh"),
  unary("Elu", { alpha: float(1.3) }),
  unary("Erf"),
  unary("Exp"),
  unary("Floor", {}, { jumps: true }),
  unary("Gelu", {}, { model: { inputs: { x: [1, 3, 5] }, nodes: [{ op: "Gelu", inputs: ["x"] }], opset: 20 } }),
  {
    ...unary("Gelu"),
    name: "Gelu by tanh",
    model: {
      inputs: { x: [1, 3, 5] },
      nodes: [{ op: "Gelu", inputs: ["x"], attributes: { approximate: "tanh" } }],
      opset: 20,
    },
  },
  unary("HardSigmoid", { alpha: float(0.3), beta: float(0.4) }),
  unary("HardSwish", {}, { lo: -5, hi: 5 }),
  unary("Log", {}, { lo: 0.5, hi: 5 }),
  {
    ...unary("Mish"),
    model: { inputs: { x: [1, 3, 5] }, nodes: [{ op: "Mish", inputs: ["x"] }], opset: 18 },
  },
  unary("Neg"),
  pow(2, -2, 3),
  pow(3, -2, 3),
  pow(0.5, 0.5, 3),
  pow(-1, 0.5, 3),
  slopes("PRelu of one slope", [1]),
  slopes("PRelu by channel", [3, 1]),
  unary("Reciprocal", {}, { lo: -4, hi: -0.5 }),
  unary("Round", {}, { jumps: true }),
  unary("Selu"),
  unary("Shrink", { lambd: float(0.6), bias: float(0.2) }, { jumps: true }),
  unary("Sign", {}, { jumps: true }),
  unary("Sin", {}, { lo: -6, hi: 7 }),
  unary("Sinh"),
  unary("Softplus"),
  unary("Softsign"),
  unary("Sqrt", {}, { lo: 0.1, hi: 5 }),
  unary("Tan", {}, { lo: -1, hi: 1.2 }),
  unary("ThresholdedRelu", { alpha: float(0.5) }, { jumps: true }),
  {
    name: "Gemm, Elu, Gemm, Erf",
    model: {
      inputs: { x: [1, 5] },
      nodes: [
        { op: "Gemm", inputs: ["x", "w", "b"] },
        { op: "Elu", inputs: ["t0"] },
        { op: "Gemm", inputs: ["t1", "v"] },
        { op: "Erf", inputs: ["t2"] },
      ],
      constants: { w: weights([5, 7]), b: weights([7]), v: weights([7, 3]) },
    },
  },
];
