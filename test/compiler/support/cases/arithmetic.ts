/** Quotients, powers and extrema of tensors, and reductions of several steps. */
import { type Case, list, scalar, weights } from "./case.ts";

function reduction(op: string, axes: readonly number[], more: Partial<Case> = {}, keepdims: 0 | 1 = 1): Case {
  return {
    name: `${op} over ${axes}`,
    model: {
      inputs: { x: [2, 3, 5] },
      nodes: [{ op, inputs: ["x", "axes"], attributes: { keepdims } }],
      constants: { axes: list(...axes) },
      opset: 18,
    },
    ...more,
  };
}

/** Two inputs of one range. */
function two(op: string, x: readonly number[], y: readonly number[], more: Partial<Case> = {}): Case {
  return { name: `${op} of two tensors`, model: { inputs: { x, y }, nodes: [{ op, inputs: ["x", "y"] }] }, ...more };
}

export const ARITHMETIC_CASES: readonly Case[] = [
  two("Div", [2, 3, 5], [3, 1], { lo: 0.5, hi: 2 }),
  {
    name: "Div by a negative tensor",
    model: { inputs: { x: [2, 5] }, nodes: [{ op: "Div", inputs: ["c", "x"] }], constants: { c: weights([5]) } },
    lo: -3,
    hi: -0.5,
  },
  two("Pow", [2, 5], [2, 5], { lo: 0.5, hi: 2 }),
  {
    name: "Pow of a constant to a tensor",
    model: { inputs: { x: [2, 5] }, nodes: [{ op: "Pow", inputs: ["c", "x"] }], constants: { c: scalar(1.7) } },
    lo: -2,
    hi: 2,
  },
  two("Max", [2, 3, 5], [3, 1]),
  two("Min", [2, 3, 5], [3, 1]),
  {
    name: "Max of two tensors and a constant",
    model: {
      inputs: { x: [3, 4], y: [3, 1] },
      nodes: [{ op: "Max", inputs: ["x", "c", "y"] }],
      constants: { c: weights([4]) },
    },
  },
  {
    name: "Min of a tensor and a constant",
    model: { inputs: { x: [3, 5] }, nodes: [{ op: "Min", inputs: ["x", "c"] }], constants: { c: weights([5]) } },
  },
  {
    name: "Mod by a constant, sign of the dividend",
    model: {
      inputs: { x: [3, 5] },
      nodes: [{ op: "Mod", inputs: ["x", "c"], attributes: { fmod: 1 } }],
      constants: { c: scalar(0.7) },
    },
    lo: -2,
    hi: 2,
    jumps: true,
  },
  {
    name: "CumSum over the middle axis",
    model: {
      inputs: { x: [2, 5, 3] },
      nodes: [{ op: "CumSum", inputs: ["x", "axis"] }],
      constants: { axis: { shape: [], data: [1], type: "int64" } },
    },
  },
  {
    name: "CumSum exclusive, reversed",
    model: {
      inputs: { x: [3, 5] },
      nodes: [{ op: "CumSum", inputs: ["x", "axis"], attributes: { exclusive: 1, reverse: 1 } }],
      constants: { axis: { shape: [], data: [-1], type: "int64" } },
    },
  },
  reduction("ReduceL1", [1]),
  reduction("ReduceL2", [0, 2], {}, 0),
  reduction("ReduceSumSquare", [-1], {}, 0),
  reduction("ReduceLogSum", [1], { lo: 0.5, hi: 2 }),
  reduction("ReduceLogSumExp", [1, 2], { lo: -3, hi: 3 }),
  reduction("ReduceProd", [2], { lo: 0.5, hi: 1.5 }),
];
