/** Functions that the file defines, one calling the other. */
import type { TestFunction } from "../onnx.ts";
import { type Case, weights } from "./case.ts";

const FUNCTIONS: readonly TestFunction[] = [
  {
    name: "Scores",
    inputs: ["a", "b"],
    outputs: ["scores"],
    attributes: ["along"],
    nodes: [
      { op: "MatMul", inputs: ["a", "b"], outputs: ["t0"] },
      { op: "Softmax", inputs: ["t0"], outputs: ["scores"], attributes: { axis: "@along" } },
    ],
  },
  {
    name: "Block",
    inputs: ["x", "w", "unused"],
    outputs: ["y", "inner"],
    nodes: [
      { op: "Relu", inputs: ["x"], outputs: ["t0"] },
      { op: "Scores", domain: "test", inputs: ["t0", "w"], outputs: ["inner"], attributes: { along: 0 } },
      { op: "Add", inputs: ["inner", "x"], outputs: ["y"] },
    ],
  },
];

export const INLINED_CASES: readonly Case[] = [
  {
    name: "functions of the file, called twice",
    model: {
      inputs: { x: [3, 4] },
      functions: FUNCTIONS,
      nodes: [
        { op: "Block", domain: "test", inputs: ["x", "w"], outputs: ["t0", "s0"] },
        { op: "Block", domain: "test", inputs: ["t0", "w"], outputs: ["t1", "s"] },
        { op: "Mul", inputs: ["t1", "s"], outputs: ["t2"] },
      ],
      constants: { w: weights([4, 4]) },
    },
  },
];
