/** The picture of a model: boxes, edges, places, and their forms as SVG and as text. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inspectModel } from "../../../cli/inspect/model.ts";
import { type Box, type Picture, pictureOf } from "../../../cli/inspect/picture/groups.ts";
import { placeBoxes } from "../../../cli/inspect/picture/place.ts";
import { svgOf } from "../../../cli/inspect/picture/svg.ts";
import { treeLines } from "../../../cli/inspect/picture/tree.ts";
import { predictCost } from "../../../cli/inspect/predict.ts";
import { modelText } from "../../../cli/inspect/text.ts";
import { buildModel } from "../../compiler/support/onnx.ts";

const MODELS = new URL("../../../examples/models/", import.meta.url);

/** x goes through a relu and around it into a sum. */
const residual = buildModel({
  inputs: { x: [1, 4] },
  nodes: [
    { op: "Gemm", inputs: ["x", "w"], outputs: ["a"], name: "dense" },
    { op: "Relu", inputs: ["a"], outputs: ["b"], name: "relu" },
    { op: "Gemm", inputs: ["b", "w"], outputs: ["c"], name: "dense2" },
    { op: "Add", inputs: ["c", "b"], outputs: ["y"], name: "sum" },
  ],
  constants: { w: { shape: [4, 4], data: Array.from({ length: 16 }, (_, i) => (i % 5) - 2) } },
});

describe("a model with a way around a layer", () => {
  const { prediction } = predictCost(residual);
  const picture = pictureOf(inspectModel(residual), prediction);

  test("has a box for each layer with the operators it stands for, and their costs", () => {
    expect(picture.boxes.map(({ title }) => title)).toEqual(["input x", "Gemm + Relu", "Gemm + Add", "output y"]);
    expect(picture.edges).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    const [, first, second] = picture.boxes;
    expect([first.rows, second.rows]).toEqual([4, 4]);
    expect(first.proveShare).toBeGreaterThan(0);
  });

  test("stands below what it reads", () => {
    const places = placeBoxes(picture);
    for (const [from, to] of picture.edges) expect(places[to].row).toBeGreaterThan(places[from].row);
  });
});

test("predicts the cost of an example near what compiling it with its data finds", () => {
  const { prediction } = predictCost(readFileSync(new URL("digits_mlp/model.onnx", MODELS)));
  // examples/models/digits_mlp: 2^12 rows and about 299,000 gas.
  expect(prediction?.rows).toBe(58);
  expect(Math.abs((prediction?.logRows ?? 0) - 12)).toBeLessThanOrEqual(1);
  expect(Math.abs((prediction?.gasUsed ?? 0) - 299_000)).toBeLessThan(15_000);
});

test("a model whose function is not defined on the made-up samples says so", () => {
  const model = buildModel({
    inputs: { x: [1, 3] },
    nodes: [
      { op: "Neg", inputs: ["x"], outputs: ["a"] },
      { op: "Sqrt", inputs: ["a"], outputs: ["y"] },
    ],
  });
  const predicted = predictCost(model);
  expect(predicted.prediction).toBeUndefined();
  expect(predicted.reason).toContain("sqrt");
  expect(modelText(inspectModel(model), predicted)).toContain("cost not predicted: sqrt meets numbers from");
});

test("a refused node stands in the picture with its reason, and the file is well formed whatever names say", () => {
  const model = buildModel({
    inputs: { "x<&>": [1, 3] },
    nodes: [
      { op: "Relu", inputs: ["x<&>"], outputs: ["a"], name: 'say "a"' },
      { op: "Frobnicate", inputs: ["a"], outputs: ["b\u0001"] },
    ],
  });
  const picture = pictureOf(inspectModel(model), undefined);
  expect(picture.boxes.map(({ status }) => status)).toEqual(["boundary", "supported", "refused", "boundary"]);
  const svg = svgOf(picture, ["a & b"]);
  expect(svg).toContain("input x&lt;&amp;&gt;");
  expect(svg).toContain("Frobnicate is not supported");
  // Without escaped characters and tags nothing of the markup is left.
  const bare = svg.replace(/&(amp|lt|gt|quot);/g, "").replace(/<[^<>]*>/g, "");
  for (const character of ["<", ">", "&", "\u0001"]) expect(bare).not.toContain(character);
});

describe("text", () => {
  const box = (title: string): Box => ({
    title,
    shape: "4",
    status: "supported",
    reason: undefined,
    rows: 8,
    proveShare: 0.25,
    gasShare: 0,
  });
  const lines = (count: number, edges: Picture["edges"]) =>
    treeLines({ boxes: Array.from({ length: count }, (_, i) => box(`n${i}`)), edges });

  test("shows lanes while they are open, and what is joined", () => {
    const tree = lines(4, [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
    ]);
    expect(tree.map((line) => line.slice(0, 6).trimEnd())).toEqual(["● #0", "│ ● #1", "● │ #2", "●   #3"]);
    expect(tree[3]).toContain("reads #1, #2");
  });

  test("keeps a chain in one lane", () => {
    const tree = lines(3, [
      [0, 1],
      [1, 2],
    ]);
    expect(tree.every((line) => line.startsWith("● #"))).toBe(true);
  });

  test("of a picture without boxes is nothing", () => {
    expect(lines(0, [])).toEqual([]);
  });
});

test("edges that lead back, as joined nodes can have, neither hang nor move a box above another's row", () => {
  const boxes = ["a", "b", "c"].map((title) => ({
    title,
    shape: "",
    status: "supported" as const,
    reason: undefined,
    rows: 0,
    proveShare: 0,
    gasShare: 0,
  }));
  const places = placeBoxes({
    boxes,
    edges: [
      [0, 1],
      [1, 0],
      [1, 2],
    ],
  });
  expect(places.map(({ row }) => row)).toEqual([0, 1, 2]);
});
