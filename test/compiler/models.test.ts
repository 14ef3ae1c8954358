/** The example models: accuracy, size, and agreement of circuit and reference. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readModel } from "../../compiler/1-read/read.ts";
import { checkModel } from "../../compiler/2-check/check.ts";
import { quantizeInput } from "../../compiler/3-quantize/integer-answers.ts";
import { compile } from "../../compiler/compile.ts";
import { readSamples } from "../../compiler/samples.ts";
import { encodeProgram } from "../../core/encoding.ts";
import { quantizeTensor } from "../../core/tensor.ts";
import { brokenRules, extremeInputs, findDisagreement } from "./support/agreement.ts";
import { evaluateGraph } from "./support/evaluate-graph.ts";
import { random } from "./support/random.ts";

const SEED = 77;
const FOLDER = new URL("../../examples/models/", import.meta.url);
const json = (model: string, file: string) =>
  JSON.parse(readFileSync(new URL(`${model}/${file}.json`, FOLDER), "utf8"));
const bytesOf = (model: string) => readFileSync(new URL(`${model}/model.onnx`, FOLDER));
const optionsOf = (model: string) => ({
  name: model,
  calibration: json(model, "calibration"),
  samples: json(model, "samples"),
});

/** Largest circuit each model may take. */
const MODELS: readonly (readonly [model: string, maxLogRows: number])[] = [
  ["digits_mlp", 12],
  ["digits_cnn", 12],
  ["digits_resnet", 13],
  ["digits_resnet_folded", 13],
  ["lenet5", 14],
  ["credit_scorecard", 12],
  ["cancer_logreg", 12],
  ["diabetes_linreg", 11],
  ["iris_svc", 12],
  ["wine_kmeans", 13],
  ["digits_gru", 14],
  ["digits_lstm", 13],
  ["digits_transformer", 15],
  ["char_lm", 16],
  ["wine_forest", 12],
  ["cancer_gbt", 13],
];

describe.each(MODELS)("%s", (name, maxLogRows) => {
  const bytes = bytesOf(name);
  const options = optionsOf(name);
  const { circuit, program, report } = compile(bytes, options);
  const model = checkModel(readModel(bytes));
  const samples = readSamples(options.samples, model.inputs, "test");

  test("the float model answers like onnxruntime did", () => {
    samples.inputs.forEach((sample, i) => {
      // onnxruntime read the samples as float32, which decides comparisons of equal numbers.
      const single = new Map([...sample].map(([input, values]) => [input, values.map(Math.fround)]));
      const answers = evaluateGraph(model, single);
      for (const { name } of model.outputs) {
        const given = options.samples.outputs[i];
        const expected = [given[name] ?? given].flat(Number.POSITIVE_INFINITY) as number[];
        const actual = answers.get(name) as Float64Array;
        expect(actual.length).toBe(expected.length);
        expected.forEach((value, k) => {
          expect(Math.abs(actual[k] - value)).toBeLessThan(1e-5 * Math.max(10, Math.abs(value)));
        });
      }
    });
  });

  test("integer accuracy is within half a point of float accuracy", () => {
    expect(report.against).toBe("labels");
    expect(report.accuracyDrop).toBe(report.accuracyFloat - report.accuracyInteger);
    expect(report.accuracyDrop).toBeLessThanOrEqual(0.005);
    expect(report.accuracyInteger).toBeGreaterThan(
      name === "diabetes_linreg" ? 0.34 : name === "cancer_gbt" ? 0.9 : 0.93,
    );
  });

  test("the circuit is well formed and no larger than it was", () => {
    expect(brokenRules(circuit)).toEqual([]);
    expect(circuit.logRows).toBeLessThanOrEqual(maxLogRows);
    expect(report.largestAccumulator).toBeLessThan(2 ** 40);
  });

  test("the circuit agrees with the reference bit for bit", () => {
    const extremes = extremeInputs(program, random(SEED), 5);
    const real = samples.inputs
      .slice(0, 3)
      .map((sample) => program.inputs.map((input) => quantizeInput(input, sample.get(input.name) ?? [])));
    expect(findDisagreement(circuit, program, [...extremes, ...real]), `seed ${SEED}`).toBeUndefined();
  });

  test("the artifact's own quantizer gives the integers that accuracy was measured with", () => {
    for (const sample of samples.inputs) {
      program.inputs.forEach((input, index) => {
        const values = sample.get(input.name) as Float64Array;
        expect(quantizeTensor(circuit.inputs[index], values)).toEqual(quantizeInput(input, values));
      });
    }
  });

  test("compiling again gives the same bytes", () => {
    const again = compile(bytes, options);
    expect(encodeProgram(again.circuit)).toBe(encodeProgram(circuit));
    expect(again.circuit.fixed).toEqual(circuit.fixed);
  });
});

test("weights that take several fixed columns are cut between rows", () => {
  const { circuit, program } = compile(bytesOf("digits_cnn"), {
    ...optionsOf("digits_cnn"),
    activationBits: 7,
    fineBits: 1,
    shiftBits: 10,
    fixedColumnLength: 1024,
  });
  expect(Math.ceil(circuit.fixedLength / circuit.fixedColumnLength)).toBeGreaterThan(5);
  expect(brokenRules(circuit)).toEqual([]);
  expect(findDisagreement(circuit, program, extremeInputs(program, random(SEED), 4)), `seed ${SEED}`).toBeUndefined();
});

test.each(["digits_gru", "digits_lstm"])("the weights of %s stand in the fixed cells once", (model) => {
  const { circuit, program } = compile(bytesOf(model), { ...optionsOf(model), activationBits: 7, fineBits: 0 });
  const tables = circuit.tables.filter(({ fixedBase }) => fixedBase !== undefined);
  const tableCells = tables.reduce((sum, { lo, hi }) => sum + hi - lo + 1, 0);
  const { params } = json(model, "meta");
  expect(program.steps.length).toBeGreaterThan(50);
  expect(circuit.fixedLength - tableCells).toBeLessThanOrEqual(params);
});
