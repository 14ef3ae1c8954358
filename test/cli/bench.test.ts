import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { taskAccuracy } from "../../cli/bench/accuracy.ts";
import { benchChart } from "../../cli/bench/chart.ts";
import { expandSets, findModel, MODEL_SETS, UnknownModelError } from "../../cli/bench/models.ts";
import type { BenchRow } from "../../cli/bench/run.ts";
import { SCALE_MODELS, writeScaleModel } from "../../cli/bench/scale/models.ts";
import { modelWriter } from "../../cli/bench/scale/onnx.ts";
import { estimateTable, phaseTable, table } from "../../cli/bench/tables.ts";
import { readModel } from "../../compiler/1-read/read.ts";
import { checkModel } from "../../compiler/2-check/check.ts";

const root = new URL("../..", import.meta.url).pathname;
const row: BenchRow = {
  model: "a<b",
  layout: "2^12",
  batch: 1,
  params: 1000,
  macs: 4000,
  accuracy: null,
  zk: true,
  threads: 2,
  compileMs: 1,
  setupMs: 2,
  witnessMs: 10,
  proveMs: 100,
  cpuMs: 180,
  phasesMs: { witness: 10, commit: 20, lookup: 30, sumcheck: 0, opening: 40 },
  verifyMs: 3,
  proofBytes: 4,
  gasUsed: 5,
  verifierBytes: 6,
  peakRssMb: 200,
  estimated: { proveMs: 120, gasUsed: 5, peakMemoryMb: 150 },
  work: { additions: 1e6, butterflies: 2e6, products: 3e6 },
};

describe("generated models", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gavel-scale-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("are the same on every run and pass the compiler's checks", async () => {
    const [first, second] = await Promise.all(
      ["a", "b"].map((name) => writeScaleModel("conv_16px", join(folder, name))),
    );
    const [bytes, again] = await Promise.all([readFile(first.model), readFile(second.model)]);
    expect(bytes.equals(again)).toBe(true);
    expect(checkModel(readModel(bytes)).inputs).toHaveLength(1);
    const { inputs } = JSON.parse(await readFile(first.samples, "utf8"));
    expect(inputs[0].flat(2)).toHaveLength(32 * 16 * 16);
  });

  test.each([
    ["mlp2m", 2.0, 0.002],
    ["vgg16", 15.0, 0.31],
    ["resnet18", 11.2, 0.56],
    ["mobilenet_v2", 2.2, 0.02],
    ["nanogpt", 0.25, 0.004],
    ["gpt2_block", 7.1, 0.057],
  ])("%s has %d M weights and %d G multiplications", (name, millions, giga) => {
    const { input, layers } = SCALE_MODELS[name];
    const writer = modelWriter(name, input, 1);
    layers(writer);
    expect(writer.params / 1e6).toBeCloseTo(millions, 1);
    expect(writer.macs / 1e9).toBeCloseTo(giga, 2);
  });

  test("conv_32px has the weights and activations of conv_16px and four times the multiplications", () => {
    const [small, large] = ["conv_16px", "conv_32px"].map((name) => {
      const { input, layers } = SCALE_MODELS[name];
      const writer = modelWriter(name, input, 1);
      layers(writer);
      const [channels] = writer.shape;
      return { weights: writer.params - 3 * channels, size: writer.shape.reduce((a, b) => a * b), macs: writer.macs };
    });
    expect(large).toEqual({ ...small, macs: 4 * small.macs });
  });

  test("an unknown name is refused", async () => {
    await expect(findModel("no-such-model", root, folder)).rejects.toThrow(UnknownModelError);
  });
});

describe("sets of models", () => {
  test("hold only models that there are", async () => {
    const examples = await readdir(join(root, "examples", "models"));
    const named = expandSets(Object.keys(MODEL_SETS));
    expect(named.filter((name) => !examples.includes(name) && !Object.hasOwn(SCALE_MODELS, name))).toEqual([]);
  });

  test("`families` has every example", async () => {
    const examples = await readdir(join(root, "examples", "models"));
    expect(examples.filter((name) => !MODEL_SETS["families"].includes(name))).toEqual([]);
  });

  test("stand for their models, each once, in order", () => {
    expect(expandSets(["lenet5", "small", "vgg16"])).toEqual(["lenet5", "digits_mlp", "vgg16"]);
  });
});

test("the chart draws a point per row and axis, and a bar per phase", () => {
  const chart = benchChart([row, { ...row, params: 20_000, proveMs: 900 }]);
  expect(chart.match(/<circle/g)).toHaveLength(4);
  expect(chart.match(/ ms<\/title><\/rect>/g)).toHaveLength(10);
  expect(chart).toContain("a&#60;b");
  expect(chart).not.toContain("NaN");
});

test("the chart names a model once and tells proofs with zero knowledge from those without", () => {
  const rows = [true, false].flatMap((zk) =>
    [1, 2].map((threads) => ({ ...row, zk, threads, proveMs: 100 * threads })),
  );
  const chart = benchChart(rows);
  expect(chart.match(/>a&#60;b<\/text>/g)).toHaveLength(2);
  expect(chart.match(/<circle [^>]*fill="none"/g)).toHaveLength(4);
  expect(chart).toContain("a&#60;b, 1 thread, zk off");
  expect(chart).toContain("a&#60;b, 2 threads, zk on");
});

test("accuracy is of labelled samples, float and integer, and empty without labels", () => {
  const report = {
    metric: "argmax",
    accuracyFloat: 0.975,
    accuracyInteger: 0.97,
    samples: { source: "samples", count: 200 },
  } as const;
  const accuracy = taskAccuracy({ ...report, against: "labels" });
  expect(accuracy).toEqual({ metric: "argmax", float: 0.975, integer: 0.97, samples: 200 });
  expect(table([{ ...row, accuracy }])).toContain("| 97.50 → 97.00 % |");
  expect(table([{ ...row, accuracy: { metric: "r2", float: 0.35926, integer: 0.3594, samples: 9 } }])).toContain(
    "| R2 0.3593 → 0.3594 |",
  );
  expect(taskAccuracy({ ...report, against: "float outputs" })).toBeNull();
});

test("the table of phases says what part of a proof each is", () => {
  expect(phaseTable([row])).toContain("40 (40%)");
});

test("the table of estimates says how many times the measured figure they are", () => {
  expect(estimateTable([row])).toContain("100 (1.20)");
  expect(estimateTable([row])).toContain("200 (0.75)");
  const others = [
    { ...row, threads: 1 },
    { ...row, zk: false },
  ];
  expect(estimateTable([row, ...others])).toBe(estimateTable([row]));
  expect(estimateTable(others)).toContain("2 threads with zero knowledge on");
});
