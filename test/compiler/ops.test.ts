/** Every operator: float meaning against onnxruntime, integer meaning against the float one, circuit against the integer one. */
import { describe, expect, test } from "vitest";
import { readModel } from "../../compiler/1-read/read.ts";
import { checkModel } from "../../compiler/2-check/check.ts";
import { runReal } from "../../compiler/3-quantize/calibrate.ts";
import { fuseProgram } from "../../compiler/3-quantize/fuse.ts";
import { integerAnswers, quantizeInput } from "../../compiler/3-quantize/integer-answers.ts";
import { planModel } from "../../compiler/3-quantize/plan.ts";
import { compile } from "../../compiler/compile.ts";
import { runReference } from "../../compiler/reference.ts";
import { brokenRules, extremeInputs, findDisagreement } from "./support/agreement.ts";
import { CASES } from "./support/cases/all.ts";
import { ARG_MAX_CASES } from "./support/cases/arg-max.ts";
import { type Case, edgeInputs, inputsOf } from "./support/cases/case.ts";
import { evaluateGraph } from "./support/evaluate-graph.ts";
import { buildModel, type Feeds, runOnnx } from "./support/onnx.ts";
import { random } from "./support/random.ts";

const SEED = 4242;
const SAMPLES = 12;

/** float32 sums of a few hundred products. */
const FLOAT_TOLERANCE = 2e-5;

/** Random inputs, and those at the edges of the range. */
function feedsOf(item: Case): Feeds[] {
  const next = random(SEED);
  const { inputs, indices } = item.model;
  const values = [...Array.from({ length: SAMPLES }, () => inputsOf(item, next)), ...edgeInputs(item)];
  return values.map((sample) =>
    Object.fromEntries(
      Object.entries(sample).map(([name, data]) => {
        const shape = inputs[name].map((n) => (typeof n === "string" ? 1 : n));
        return [name, { shape, data, type: indices?.[name] ? "int64" : "float" }];
      }),
    ),
  );
}

/** Eight bits hold 1/255 of the range (1/127 with a sign); each of at most three layers rounds inputs and outputs. */
const CLOSE = 0.06;

/** Share of random values that lie near a jump, at most. */
const NEAR_JUMPS = 0.05;

function samplesOf(feeds: readonly Feeds[]): Map<string, Float64Array>[] {
  return feeds.map((feed) => new Map(Object.entries(feed).map(([name, { data }]) => [name, Float64Array.from(data)])));
}

function jsonOf(feeds: readonly Feeds[]): { inputs: unknown[] } {
  return {
    inputs: feeds.map((feed) =>
      Object.fromEntries(Object.entries(feed).map(([name, { data }]) => [name, Array.from(data)])),
    ),
  };
}

describe.each(CASES)("$name", (item) => {
  const bytes = buildModel(item.model);
  const feeds = feedsOf(item);
  const samples = samplesOf(feeds);
  const model = checkModel(readModel(bytes));
  const tolerance = item.floatTolerance ?? FLOAT_TOLERANCE;

  test("float meaning agrees with onnxruntime", async () => {
    const expected = await runOnnx(buildModel(item.oracle ?? item.model), feeds);
    const program = fuseProgram(planModel(model));
    samples.forEach((sample, i) => {
      const fromGraph = evaluateGraph(model, sample);
      const fromSteps = runReal(program, sample);
      for (const [name, values] of Object.entries(expected[i])) {
        const scale = Math.max(1, ...values.map(Math.abs));
        for (const [k, value] of values.entries()) {
          expect(Math.abs((fromGraph.get(name) as Float64Array)[k] - value), `graph, ${name}[${k}]`).toBeLessThan(
            tolerance * scale,
          );
          expect(Math.abs((fromSteps.get(name) as Float64Array)[k] - value), `steps, ${name}[${k}]`).toBeLessThan(
            tolerance * scale,
          );
        }
      }
    });
  });

  test("integer meaning is close to the float one", () => {
    const { program } = compile(bytes, { calibration: jsonOf(feeds), activationBits: 8, fineBits: 1, shiftBits: 12 });
    const real = fuseProgram(planModel(model));
    const integer = integerAnswers(program, samples);
    program.outputs.forEach((name, output) => {
      const float = samples.map((sample) => runReal(real, sample).get(name) as Float64Array);
      const largest = Math.max(...float.flatMap((values) => Array.from(values, Math.abs)));
      const errors = float.flatMap((values, i) =>
        Array.from(values, (value, k) => Math.abs(value - integer[i][output][k])),
      );
      const far = errors.filter((error) => !(error <= CLOSE * largest + 1e-9));
      expect(far.length, `${name}: ${far}`).toBeLessThanOrEqual(item.jumps ? NEAR_JUMPS * errors.length : 0);
    });
  });

  test("the circuit agrees with the reference bit for bit", () => {
    for (const bits of [
      { activationBits: 8, fineBits: 0, shiftBits: 12 },
      { activationBits: 6, fineBits: 2, shiftBits: 10 },
    ]) {
      const { circuit, program } = compile(bytes, { calibration: jsonOf(feeds), ...bits });
      expect(brokenRules(circuit)).toEqual([]);
      const random6 = extremeInputs(program, random(SEED), 6);
      const real = samples
        .slice(0, 2)
        .map((sample) => program.inputs.map((input) => quantizeInput(input, sample.get(input.name) ?? [])));
      expect(findDisagreement(circuit, program, [...random6, ...real]), `seed ${SEED}`).toBeUndefined();
    }
  });
});

describe.each(ARG_MAX_CASES)("$name", (item) => {
  const bytes = buildModel(item.model);
  const feeds = feedsOf(item);

  test("float meaning agrees with onnxruntime", async () => {
    const model = checkModel(readModel(bytes));
    const expected = await runOnnx(bytes, feeds);
    samplesOf(feeds).forEach((sample, i) => {
      for (const [name, values] of Object.entries(expected[i]))
        expect(Array.from(evaluateGraph(model, sample).get(name) ?? [])).toEqual(values);
    });
  });

  test.each([10, 12])("the circuit agrees with the reference bit for bit, ties included, shift %i", (shiftBits) => {
    const { circuit, program } = compile(bytes, {
      calibration: jsonOf(feeds),
      activationBits: 8,
      fineBits: 2,
      shiftBits,
    });
    expect(brokenRules(circuit)).toEqual([]);
    const inputs = extremeInputs(program, random(SEED), 20);
    expect(findDisagreement(circuit, program, inputs), `seed ${SEED}`).toBeUndefined();
  });

  test("equal values give the first index, or the last where the node asks for it", () => {
    const { program } = compile(bytes, { calibration: jsonOf(feeds) });
    const equal = program.inputs.map((input) => new Int32Array(input.shape.reduce((a, b) => a * b, 1)).fill(input.hi));
    const step = program.steps.find(({ kind }) => kind === "argMax");
    if (step?.kind !== "argMax" || step.x !== "x") return;
    const n = program.inputs[0].shape[step.axis];
    const answer = runReference(program, equal).tensors.get(step.out) as Float64Array;
    expect([...answer].every((value) => value === (step.lastOfEquals ? n - 1 : 0))).toBe(true);
  });
});
