import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inspectModel, type NodeReport } from "../../../cli/inspect/model.ts";
import { modelText } from "../../../cli/inspect/text.ts";
import { buildModel, type TestModel } from "../../compiler/support/onnx.ts";

const W = { shape: [3, 2], data: [1, 2, 3, 4, 5, 6] };
const inspect = (model: Partial<TestModel>) => inspectModel(buildModel({ inputs: { x: [1, 3] }, nodes: [], ...model }));
const statuses = (nodes: readonly NodeReport[]) => nodes.map(({ name, status }) => [name, status]);

describe("a model with refused nodes", () => {
  const nodes = [
    { op: "Relu", inputs: ["x"], outputs: ["a"], name: "relu" },
    { op: "Frobnicate", inputs: ["a"], outputs: ["b"], name: "odd" },
    { op: "Gemm", inputs: ["b", "w"], outputs: ["c"], name: "after" },
    { op: "Other", inputs: ["c"], outputs: ["d"], name: "odder", domain: "com.example" },
    { op: "Gemm", inputs: ["a", "w"], outputs: ["e"], name: "beside" },
  ];
  const report = inspect({ nodes, constants: { w: W }, outputs: ["d", "e"] });

  test("is looked at to the end", () => {
    expect(report.supported).toBe(false);
    expect(report.macs).toBeUndefined();
    expect(statuses(report.nodes)).toEqual([
      ["relu", "supported"],
      ["odd", "refused"],
      ["after", "unknown"],
      ["odder", "refused"],
      ["beside", "supported"],
    ]);
    expect(report.nodes[4].shape).toEqual([1, 2]);
  });

  test("gives each refusal its reason and remedy", () => {
    const [, odd, , odder] = report.nodes;
    expect(odd.refusal).toMatchObject({ error: "Compiler.UnsupportedError", remedy: expect.any(String) });
    expect(odd.refusal?.reason).toContain("Frobnicate");
    expect(odder).toMatchObject({ op: "com.example::Other" });
    expect(report.refusals).toEqual([]);
  });

  test("is shown with a line for each refusal", () => {
    const text = modelText(report);
    expect(text).toContain("odd (Frobnicate): the operator Frobnicate is not supported");
    expect(text.trimEnd().endsWith("not supported: 2 nodes refused, 1 not checked because of them")).toBe(true);
  });
});

test("a refused node's declared type lets the nodes after it be checked", () => {
  const nodes = [
    { op: "Gemm", inputs: ["x", "w"], outputs: ["a"], name: "dense" },
    { op: "Frobnicate", inputs: ["a"], outputs: ["b"], name: "odd" },
    { op: "Relu", inputs: ["b"], outputs: ["c"], name: "relu" },
  ];
  const report = inspect({ nodes, constants: { w: W }, outputs: ["b", "c"], outputShapes: { b: [1, 2] } });
  expect(statuses(report.nodes)).toEqual([
    ["dense", "supported"],
    ["odd", "refused"],
    ["relu", "supported"],
  ]);
});

test("a refusal that belongs to no node is the model's", () => {
  const nodes = [{ op: "Relu", inputs: ["x"] }];
  const report = inspect({ nodes, opset: 6 });
  expect(report.refusals).toMatchObject([{ error: "Compiler.UnsupportedError" }]);
  expect(statuses(report.nodes)).toEqual([["n0", "supported"]]);
  expect(report.supported).toBe(false);
});

test("an axis without a size is the model's refusal, until it is bound", () => {
  const bytes = buildModel({ inputs: { x: [1, "length"] }, nodes: [{ op: "Relu", inputs: ["x"] }] });
  const refused = inspectModel(bytes);
  expect(refused.refusals[0].remedy).toContain("--bind length=");
  expect(statuses(refused.nodes)).toEqual([["n0", "unknown"]]);
  expect(inspectModel(bytes, { length: 5 })).toMatchObject({ supported: true, nodes: [{ shape: [1, 5] }] });
});

test.each([
  ["digits_mlp", 2778, 2720],
  ["lenet5", 61706, 416520],
])("%s: parameters and multiply-accumulates are those its maker counted", (name, params, macs) => {
  const bytes = readFileSync(new URL(`../../../examples/models/${name}/model.onnx`, import.meta.url));
  expect(inspectModel(bytes)).toMatchObject({ supported: true, params, macs });
});
