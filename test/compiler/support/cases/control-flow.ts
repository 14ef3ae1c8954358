/** If, Loop and Scan with what is known at compile time. */
import type { TestBody } from "../onnx.ts";
import { type Case, weights } from "./case.ts";

const int = (value: number) => ({ shape: [], data: [value], type: "int64" }) as const;
const bool = (value: number) => ({ shape: [], data: [value], type: "bool" }) as const;

/** h' = tanh(h W) + x, and h' collected. W and x are the graph's. */
const STEP: TestBody = {
  inputs: ["turn", "goesOn", "h"],
  outputs: ["goesOnStill", "next", "collected"],
  nodes: [
    { op: "Identity", inputs: ["goesOn"], outputs: ["goesOnStill"] },
    { op: "MatMul", inputs: ["h", "w"], outputs: ["t0"] },
    { op: "Tanh", inputs: ["t0"], outputs: ["t1"] },
    { op: "Add", inputs: ["t1", "x"], outputs: ["next"] },
    { op: "Identity", inputs: ["next"], outputs: ["collected"] },
  ],
  types: { turn: "int64", goesOn: "bool", goesOnStill: "bool" },
};

/** s' = s / 2 + e, and s' - e collected. */
const RUNNING: TestBody = {
  inputs: ["s", "e"],
  outputs: ["next", "difference"],
  nodes: [
    { op: "Mul", inputs: ["s", "half"], outputs: ["t0"] },
    { op: "Add", inputs: ["t0", "e"], outputs: ["next"] },
    { op: "Sub", inputs: ["next", "e"], outputs: ["difference"] },
  ],
  constants: { half: { shape: [], data: [0.5] } },
};

export const CONTROL_FLOW_CASES: readonly Case[] = [
  {
    name: "Loop of three turns, all states collected",
    model: {
      inputs: { x: [2, 3] },
      nodes: [
        { op: "Loop", inputs: ["turns", "yes", "x"], outputs: ["last", "all"], attributes: { body: { body: STEP } } },
      ],
      outputs: ["last", "all"],
      constants: { turns: int(3), yes: bool(1), w: weights([3, 3]) },
    },
  },
  {
    name: "Scan forwards",
    model: {
      inputs: { x: [4, 3], s: [3] },
      nodes: [
        {
          op: "Scan",
          inputs: ["s", "x"],
          outputs: ["last", "all"],
          attributes: { num_scan_inputs: 1, body: { body: RUNNING } },
        },
      ],
      outputs: ["last", "all"],
    },
  },
  {
    name: "Scan backwards along another axis",
    model: {
      inputs: { x: [2, 3], s: [2] },
      nodes: [
        {
          op: "Scan",
          inputs: ["s", "x"],
          outputs: ["last", "all"],
          attributes: {
            num_scan_inputs: 1,
            scan_input_axes: [1],
            scan_input_directions: [1],
            scan_output_axes: [1],
            scan_output_directions: [1],
            body: { body: RUNNING },
          },
        },
      ],
      outputs: ["last", "all"],
    },
  },
  {
    name: "If within a Loop",
    model: {
      inputs: { x: [1, 4] },
      nodes: [
        {
          op: "Loop",
          inputs: ["turns", "", "x"],
          outputs: ["last"],
          attributes: {
            body: {
              body: {
                inputs: ["turn", "goesOn", "h"],
                outputs: ["goesOn", "next"],
                nodes: [
                  { op: "Less", inputs: ["turn", "one"], outputs: ["isFirst"] },
                  {
                    op: "If",
                    inputs: ["isFirst"],
                    outputs: ["next"],
                    attributes: {
                      then_branch: {
                        body: { inputs: [], outputs: ["a"], nodes: [{ op: "Relu", inputs: ["h"], outputs: ["a"] }] },
                      },
                      else_branch: {
                        body: { inputs: [], outputs: ["b"], nodes: [{ op: "Neg", inputs: ["h"], outputs: ["b"] }] },
                      },
                    },
                  },
                ],
                constants: { one: int(1) },
                types: { turn: "int64", goesOn: "bool" },
              },
            },
          },
        },
      ],
      outputs: ["last"],
      constants: { turns: int(2) },
    },
  },
];
