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

/** h' = tanh(h W) while a count stays below a limit. W and the limit are the graph's. */
const COUNTED: TestBody = {
  inputs: ["turn", "goesOn", "i", "h"],
  outputs: ["goesOnStill", "count", "next"],
  nodes: [
    { op: "Add", inputs: ["i", "one"], outputs: ["count"] },
    { op: "Less", inputs: ["count", "limit"], outputs: ["goesOnStill"] },
    { op: "MatMul", inputs: ["h", "w"], outputs: ["t0"] },
    { op: "Tanh", inputs: ["t0"], outputs: ["next"] },
  ],
  types: { turn: "int64", goesOn: "bool", goesOnStill: "bool", i: "int64", count: "int64" },
};

const counting = (name: string, turns: string): Case => ({
  name: `Loop while a count is below a limit, ${name}`,
  model: {
    inputs: { x: [2, 3] },
    nodes: [
      {
        op: "Loop",
        inputs: [turns, "yes", "zero", "x"],
        outputs: ["count", "last"],
        attributes: { body: { body: COUNTED } },
      },
      { op: "Add", inputs: ["last", "x"], outputs: ["y"] },
    ],
    outputs: ["y"],
    constants: { two: int(2), yes: bool(1), zero: int(0), one: int(1), limit: int(3), w: weights([3, 3]) },
  },
});

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
  counting("no other limit", ""),
  counting("at most two turns", "two"),
  {
    name: "lists of tensors: inserted first and last, taken, joined",
    model: {
      inputs: { x: [2, 3] },
      nodes: [
        { op: "Neg", inputs: ["x"], outputs: ["n"] },
        { op: "SequenceEmpty", inputs: [], outputs: ["none"] },
        { op: "SequenceInsert", inputs: ["none", "x"], outputs: ["one"] },
        { op: "SequenceInsert", inputs: ["one", "n", "first"], outputs: ["two"] },
        { op: "SequenceAt", inputs: ["two", "last"], outputs: ["taken"] },
        { op: "Relu", inputs: ["taken"], outputs: ["positive"] },
        { op: "SequenceConstruct", inputs: ["positive", "n"], outputs: ["pair"] },
        { op: "ConcatFromSequence", inputs: ["pair"], outputs: ["wide"], attributes: { axis: 1 } },
        { op: "ConcatFromSequence", inputs: ["two"], outputs: ["deep"], attributes: { axis: 0, new_axis: 1 } },
      ],
      outputs: ["wide", "deep"],
      constants: { first: int(0), last: int(-1) },
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
