/** Reductions, splits and sums of several tensors. */
import { type Case, list, weights } from "./case.ts";

function extremum(op: string, axes: readonly number[], keepdims: 0 | 1): Case {
  return {
    name: `${op} over ${axes}`,
    model: { inputs: { x: [2, 3, 5] }, nodes: [{ op, inputs: ["x"], attributes: { axes, keepdims } }] },
  };
}

export const REDUCE_CASES: readonly Case[] = [
  extremum("ReduceMax", [1], 1),
  extremum("ReduceMax", [0, 2], 0),
  extremum("ReduceMin", [-1], 0),
  { name: "GlobalMaxPool", model: { inputs: { x: [1, 3, 3, 5] }, nodes: [{ op: "GlobalMaxPool", inputs: ["x"] }] } },
  {
    name: "Split",
    model: {
      inputs: { x: [2, 7] },
      nodes: [{ op: "Split", inputs: ["x", "n"], outputs: ["a", "b"], attributes: { axis: 1 } }],
      constants: { n: list(3, 4) },
      outputs: ["a", "b"],
    },
  },
  ...["Sum", "Mean"].map((op) => ({
    name: `${op} of two tensors and two constants`,
    model: {
      inputs: { x: [2, 3], y: [3] },
      nodes: [{ op, inputs: ["x", "c", "y", "d"] }],
      constants: { c: weights([2, 1]), d: weights([3]) },
    },
  })),
];
