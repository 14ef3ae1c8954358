/** Files that ask for more than there is: an answer that names what is wrong, without making what they ask for. */
import onnxProto from "onnx-proto";
import { describe, expect, test } from "vitest";
import { inspectModel } from "../../../cli/inspect/model.ts";
import { MOST_NODES_DRAWN } from "../../../cli/inspect/picture/groups.ts";
import { modelText } from "../../../cli/inspect/text.ts";
import { CompileError } from "../../../compiler/errors.ts";
import {
  buildModel,
  type TestBody,
  type TestModel,
  type TestNode,
  type TestTensor,
} from "../../compiler/support/onnx.ts";

const { onnx } = onnxProto;

const list = (...data: number[]): TestTensor => ({ shape: [data.length], data, type: "int64" });
const whole = (value: number): TestTensor => ({ shape: [], data: [value], type: "int64" });
const x = { x: [1, 4] };

/** Names of the errors that the report gives for the model and its nodes, or of the one that ends the inspection. */
function errorsOf(model: TestModel): string[] {
  return errorsOfBytes(buildModel(model));
}

function errorsOfBytes(bytes: Uint8Array): string[] {
  try {
    const report = inspectModel(bytes);
    expect(modelText(report)).toContain(report.supported ? "supported" : "not supported");
    return [...report.refusals, ...report.nodes.flatMap(({ refusal }) => refusal ?? [])].map(({ error }) => error);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return [error.name];
  }
}

const CAPACITY = "Compiler.CapacityError";
const SHAPE = "Compiler.ShapeError";

const chain = (count: number, node: (input: string) => Omit<TestNode, "outputs">): TestNode[] =>
  Array.from({ length: count }, (_, i) => node(i === 0 ? "x" : `t${i - 1}`));

const body = (nodes: readonly TestNode[]): TestBody => ({
  inputs: ["turn", "goesOn", "h"],
  outputs: ["goesOnStill", "next"],
  nodes: [{ op: "Identity", inputs: ["goesOn"], outputs: ["goesOnStill"] }, ...nodes],
  types: { turn: "int64", goesOn: "bool", goesOnStill: "bool" },
});

const loop = (inputs: readonly string[], of: TestBody, output: string): TestNode => ({
  op: "Loop",
  inputs,
  outputs: [output],
  attributes: { body: { body: of } },
});

describe("sizes", () => {
  test.each<[string, TestModel, string]>([
    ["an input", { inputs: { x: [1, 2 ** 31, 2 ** 31] }, nodes: [{ op: "Relu", inputs: ["x"] }] }, CAPACITY],
    [
      "a sum of two long axes",
      { inputs: { x: [2 ** 16, 1], y: [1, 2 ** 16] }, nodes: [{ op: "Add", inputs: ["x", "y"] }] },
      CAPACITY,
    ],
    [
      "Expand",
      { inputs: x, nodes: [{ op: "Expand", inputs: ["x", "s"] }], constants: { s: list(2 ** 28, 4) } },
      CAPACITY,
    ],
    [
      "Tile",
      { inputs: x, nodes: [{ op: "Tile", inputs: ["x", "s"] }], constants: { s: list(2 ** 30, 2 ** 30) } },
      CAPACITY,
    ],
    [
      "ConstantOfShape",
      {
        inputs: x,
        nodes: [
          { op: "ConstantOfShape", inputs: ["s"] },
          { op: "Add", inputs: ["x", "t0"] },
        ],
        constants: { s: list(2 ** 20, 2 ** 20) },
      },
      CAPACITY,
    ],
    [
      "ConstantOfShape below 0",
      {
        inputs: x,
        nodes: [
          { op: "ConstantOfShape", inputs: ["s"] },
          { op: "Add", inputs: ["x", "t0"] },
        ],
        constants: { s: list(-4) },
      },
      SHAPE,
    ],
    [
      "Range",
      {
        inputs: x,
        nodes: [
          { op: "Range", inputs: ["a", "b", "c"] },
          { op: "Add", inputs: ["x", "t0"] },
        ],
        constants: { a: whole(0), b: whole(1e12), c: whole(1) },
      },
      CAPACITY,
    ],
    [
      "Concat with itself, fifty times",
      { inputs: x, nodes: chain(50, (name) => ({ op: "Concat", inputs: [name, name], attributes: { axis: 1 } })) },
      CAPACITY,
    ],
    [
      "pads of a pool",
      {
        inputs: { x: [1, 1, 8, 8] },
        nodes: [{ op: "MaxPool", inputs: ["x"], attributes: { kernel_shape: [3, 3], pads: [1e9, 1e9, 1e9, 1e9] } }],
      },
      CAPACITY,
    ],
    [
      "Pad",
      { inputs: x, nodes: [{ op: "Pad", inputs: ["x", "p"] }], constants: { p: list(0, 0, 0, 2 ** 31) } },
      CAPACITY,
    ],
    [
      "Resize",
      {
        inputs: { x: [1, 1, 4, 4] },
        nodes: [{ op: "Resize", inputs: ["x", "", "s"] }],
        constants: { s: { shape: [4], data: [1, 1, 1e9, 1e9] } },
      },
      CAPACITY,
    ],
    [
      "kernel of a pool",
      {
        inputs: { x: [1, 1, 8, 8] },
        nodes: [
          {
            op: "AveragePool",
            inputs: ["x"],
            attributes: { kernel_shape: [3000, 3000], pads: [2999, 2999, 2999, 2999] },
          },
        ],
      },
      CAPACITY,
    ],
  ])("%s", (_name, model, error) => {
    expect(errorsOf(model)).toContain(error);
  });
});

test("the targets of a tree", () => {
  const leaf = { nodes_treeids: [0], nodes_nodeids: [0], nodes_featureids: [0], nodes_modes: { strings: ["LEAF"] } };
  const children = { nodes_values: { floats: [0] }, nodes_truenodeids: [0], nodes_falsenodeids: [0] };
  const target = { target_ids: [0], target_nodeids: [0], target_treeids: [0], target_weights: { floats: [1] } };
  const attributes = { ...leaf, ...children, ...target, n_targets: 1e9 };
  const node = { op: "TreeEnsembleRegressor", domain: "ai.onnx.ml", inputs: ["x"], attributes };
  expect(errorsOf({ inputs: x, nodes: [node] })).toContain(CAPACITY);
});

describe("nodes", () => {
  test("functions that call two functions, forty deep", () => {
    const functions = Array.from({ length: 40 }, (_, i) => ({
      name: `f${i}`,
      inputs: ["a"],
      outputs: ["b"],
      nodes:
        i === 0
          ? [{ op: "Relu", inputs: ["a"], outputs: ["b"] }]
          : [
              { op: `f${i - 1}`, domain: "test", inputs: ["a"], outputs: ["m"] },
              { op: `f${i - 1}`, domain: "test", inputs: ["m"], outputs: ["b"] },
            ],
    }));
    expect(errorsOf({ inputs: x, functions, nodes: [{ op: "f39", domain: "test", inputs: ["x"] }] })).toEqual([
      CAPACITY,
    ]);
  });

  test("a loop whose turns and body multiply to too many", () => {
    const long = body(
      Array.from({ length: 100 }, (_, i) => ({
        op: "Relu",
        inputs: [i === 0 ? "h" : `r${i - 1}`],
        outputs: [i === 99 ? "next" : `r${i}`],
      })),
    );
    const constants: TestModel["constants"] = { n: whole(4000), on: { shape: [], data: [1], type: "bool" } };
    expect(errorsOf({ inputs: x, nodes: [loop(["n", "on", "x"], long, "y")], constants })).toContain(CAPACITY);
  });

  test("a loop whose condition is its own copy", () => {
    const circle: TestBody = {
      ...body([{ op: "Relu", inputs: ["h"], outputs: ["next"] }]),
      outputs: ["goesOnStill", "next"],
      nodes: [
        { op: "Identity", inputs: ["goesOnStill"], outputs: ["goesOnStill"] },
        { op: "Relu", inputs: ["h"], outputs: ["next"] },
      ],
    };
    const constants: TestModel["constants"] = { n: whole(3), on: { shape: [], data: [1], type: "bool" } };
    expect(errorsOf({ inputs: x, nodes: [loop(["n", "on", "x"], circle, "y")], constants })).not.toEqual([]);
  });
});

describe("names", () => {
  test.each(["constructor", "__proto__", "toString"])("a dimension called %s has no size", (symbol) => {
    expect(errorsOf({ inputs: { x: [1, symbol, 4] }, nodes: [{ op: "Relu", inputs: ["x"] }] })).toContain(SHAPE);
  });

  test.each(["constructor", "__proto__", "toString"])("an operator called %s is not known", (op) => {
    expect(errorsOf({ inputs: x, nodes: [{ op, inputs: ["x"] }] })).toContain("Compiler.UnsupportedError");
  });

  test("a domain called constructor has no operators", () => {
    expect(errorsOf({ inputs: x, nodes: [{ op: "Relu", domain: "constructor", inputs: ["x"] }] })).toContain(
      "Compiler.UnsupportedError",
    );
  });

  test("two inputs of one name", () => {
    const type = { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 1 }, { dimValue: 4 }] } } };
    const bytes = onnx.ModelProto.encode({
      irVersion: 8,
      opsetImport: [{ domain: "", version: 17 }],
      graph: {
        node: [{ opType: "Relu", input: ["x"], output: ["y"] }],
        input: [
          { name: "x", type },
          { name: "x", type },
        ],
        output: [{ name: "y" }],
      },
    }).finish();
    expect(errorsOfBytes(bytes)).toContain("Compiler.GraphError");
  });
});

test("a model cut anywhere, and one with a byte changed, is refused or read", () => {
  const bytes = buildModel({
    inputs: { x: [1, 3, 5] },
    nodes: [
      { op: "MatMul", inputs: ["x", "w"] },
      { op: "Relu", inputs: ["t0"] },
    ],
    constants: { w: { shape: [5, 2], data: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] } },
  });
  for (let length = 0; length < bytes.length; length++) {
    errorsOfBytes(bytes.subarray(0, length));
    const changed = Uint8Array.from(bytes);
    changed[length] ^= 1 << (length % 8);
    errorsOfBytes(changed);
  }
});

test("a graph of thousands of nodes is listed, and not drawn", () => {
  const report = inspectModel(
    buildModel({ inputs: x, nodes: chain(MOST_NODES_DRAWN + 1, (name) => ({ op: "Bogus", inputs: [name] })) }),
  );
  expect(report.nodes).toHaveLength(MOST_NODES_DRAWN + 1);
  expect(modelText(report)).toContain(`no picture: ${MOST_NODES_DRAWN + 1} nodes`);
});
