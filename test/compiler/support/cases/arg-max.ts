/** Answers that are indices. */
import { type Case, list, weights } from "./case.ts";
import { TOP_K_CASES } from "./indices.ts";

export const ARG_MAX_CASES: readonly Case[] = [
  {
    name: "ArgMax of scores",
    model: {
      inputs: { x: [1, 5] },
      nodes: [
        { op: "Gemm", inputs: ["x", "w"] },
        { op: "ArgMax", inputs: ["t0"], attributes: { axis: 1, keepdims: 0 } },
      ],
      outputTypes: { t1: "int64" },
      constants: { w: weights([5, 7]) },
    },
  },
  {
    name: "ArgMax of the input along the middle axis",
    model: {
      inputs: { x: [2, 3, 4] },
      nodes: [{ op: "ArgMax", inputs: ["x"], attributes: { axis: 1 } }],
      outputTypes: { t0: "int64" },
    },
  },
  {
    name: "ArgMax, last of equals",
    model: {
      inputs: { x: [1, 6] },
      nodes: [{ op: "ArgMax", inputs: ["x"], attributes: { axis: -1, select_last_index: 1 } }],
      outputTypes: { t0: "int64" },
    },
  },
  {
    name: "ArgMin of sums",
    model: {
      inputs: { x: [1, 3, 5] },
      nodes: [
        { op: "ReduceSum", inputs: ["x", "axes"], attributes: { keepdims: 0 } },
        { op: "ArgMin", inputs: ["t0"], attributes: { axis: 1, select_last_index: 1 } },
      ],
      constants: { axes: list(-1) },
      outputTypes: { t1: "int64" },
    },
  },
  ...TOP_K_CASES,
];
