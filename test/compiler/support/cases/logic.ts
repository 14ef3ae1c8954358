/** Comparisons, logic and selection. */
import type { TestNode } from "../onnx.ts";
import { type Case, scalar, weights } from "./case.ts";

const asFloat = (input: string): TestNode => ({
  op: "Cast",
  inputs: [input],
  outputs: ["float"],
  attributes: { to: 1 },
});

function comparison(op: string, more: Partial<Case> = {}): Case {
  return {
    name: `${op} of a tensor and constants`,
    model: {
      inputs: { x: [2, 3, 5] },
      nodes: [{ op, inputs: ["x", "c"] }, asFloat("t0")],
      constants: { c: weights([3, 1]) },
    },
    jumps: true,
    ...more,
  };
}

/** Both sides compared first: bits from two thresholds. */
function logic(op: string): Case {
  return {
    name: `${op} of comparisons`,
    model: {
      inputs: { x: [3, 5] },
      nodes: [
        { op: "Greater", inputs: ["x", "a"] },
        { op: "Less", inputs: ["x", "b"] },
        { op, inputs: op === "Not" ? ["t0"] : ["t0", "t1"] },
        asFloat("t2"),
      ],
      constants: { a: scalar(-0.3), b: scalar(0.4) },
    },
    jumps: true,
  };
}

export const LOGIC_CASES: readonly Case[] = [
  ...["Greater", "GreaterOrEqual", "Less", "LessOrEqual"].map((op) => comparison(op)),
  {
    name: "Equal of indices",
    model: {
      inputs: { x: [2, 5] },
      nodes: [
        { op: "ArgMax", inputs: ["x"], attributes: { axis: 1 } },
        { op: "Equal", inputs: ["t0", "c"] },
        asFloat("t1"),
      ],
      constants: { c: { shape: [5], data: [0, 1, 2, 3, 4], type: "int64" } },
    },
    jumps: true,
  },
  {
    name: "Less of two tensors",
    model: { inputs: { x: [2, 5], y: [5] }, nodes: [{ op: "Less", inputs: ["x", "y"] }, asFloat("t0")] },
    jumps: true,
  },
  ...["And", "Or", "Xor", "Not"].map(logic),
  {
    name: "IsNaN",
    model: { inputs: { x: [2, 5] }, nodes: [{ op: "IsNaN", inputs: ["x"] }, asFloat("t0")] },
    jumps: true,
  },
  {
    name: "Hardmax over the last axis",
    model: { inputs: { x: [3, 5] }, nodes: [{ op: "Hardmax", inputs: ["x"] }] },
    jumps: true,
  },
  {
    name: "Hardmax over the middle axis",
    model: { inputs: { x: [2, 4, 3] }, nodes: [{ op: "Hardmax", inputs: ["x"], attributes: { axis: 1 } }] },
    jumps: true,
  },
  {
    name: "Where of a constant condition, a tensor and constants",
    model: {
      inputs: { x: [2, 3] },
      nodes: [{ op: "Where", inputs: ["c", "x", "v"] }],
      constants: { c: { shape: [2, 3], data: [1, 0, 1, 0, 0, 1], type: "bool" }, v: weights([3]) },
    },
  },
  {
    name: "Where of a constant condition and two tensors",
    model: {
      inputs: { x: [2, 3], y: [1, 3] },
      nodes: [{ op: "Where", inputs: ["c", "x", "y"] }],
      constants: { c: { shape: [2, 1], data: [0, 1], type: "bool" } },
    },
  },
  {
    name: "Where of a comparison: the larger of x and y",
    model: {
      inputs: { x: [2, 5], y: [5] },
      nodes: [
        { op: "Greater", inputs: ["x", "y"] },
        { op: "Where", inputs: ["t0", "x", "y"] },
      ],
    },
  },
  {
    name: "Where of a comparison, constants",
    model: {
      inputs: { x: [2, 5] },
      nodes: [
        { op: "Greater", inputs: ["x", "a"] },
        { op: "Where", inputs: ["t0", "v", "a"] },
      ],
      constants: { a: scalar(0.1), v: weights([5]) },
    },
    jumps: true,
  },
];
