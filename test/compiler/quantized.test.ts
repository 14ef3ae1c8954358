/** The circuit keeps the integers of a quantized model. */
import { expect, test } from "vitest";
import { integerAnswers } from "../../compiler/3-quantize/integer-answers.ts";
import { compile } from "../../compiler/compile.ts";
import { QUANTIZED_CASES } from "./support/cases/quantized.ts";
import { buildModel, type Feeds, runOnnx } from "./support/onnx.ts";
import { floats, random } from "./support/random.ts";

const SEED = 515;
const SAMPLES = 20;

/** Those that answer in their own integers; bare sums take the scale of any result. */
const OWN = QUANTIZED_CASES.filter(({ model }) => model.nodes.at(-1)?.op === "DequantizeLinear");

/** The table of the function has integers of its own before those of the model. */
const ROUNDED_TWICE: readonly string[] = ["QLinearLeakyRelu", "QLinearSigmoid"];

test.each(OWN)("$name: at most one unit from onnxruntime, nearly always none", async ({ model, oracle }) => {
  const next = random(SEED);
  const [[name, dims]] = Object.entries(model.inputs) as [[string, readonly number[]]];
  const size = dims.reduce((a, b) => a * b, 1);
  // Inputs on the grid of the first scale, so that the model's input is no rounding of its own.
  const feeds: Feeds[] = Array.from({ length: SAMPLES }, () => {
    const data = floats(next, size, -0.85, 0.99).map((value) => Math.round(value * 128) / 128);
    return { [name]: { shape: dims, data } };
  });
  const bytes = buildModel(model);
  const calibration = { inputs: feeds.map((feed) => ({ [name]: Array.from(feed[name].data) })) };
  const { program } = compile(bytes, { calibration, activationBits: 8, fineBits: 4, shiftBits: 14 });
  const expected = await runOnnx(buildModel(oracle ?? model), feeds);
  const samples = feeds.map((feed) => new Map([[name, Float64Array.from(feed[name].data)]]));
  const actual = integerAnswers(program, samples);
  const [output] = program.outputs;
  const unit = program.scales.get(output) as number;
  const differences = expected.flatMap((answer, i) =>
    Object.values(answer)[0].map(
      (value, k) => Math.abs(value - actual[i][0][k]) / Math.max(unit, smallestStep(expected)),
    ),
  );
  expect(Math.max(...differences), `seed ${SEED}`).toBeLessThan(1.6);
  const near = differences.filter((difference) => difference < 0.51).length;
  const least = model.nodes.some(({ op }) => ROUNDED_TWICE.includes(op)) ? 0.5 : 0.9;
  expect(near / differences.length, `seed ${SEED}`).toBeGreaterThan(least);
});

/** The distance of the two nearest answers: the unit of the model's own integers. */
function smallestStep(answers: readonly Record<string, readonly number[]>[]): number {
  const values = [...new Set(answers.flatMap((answer) => Object.values(answer)[0]))].sort((a, b) => a - b);
  const steps = values.slice(1).map((value, i) => value - values[i]);
  return Math.min(...steps.filter((step) => step > 1e-6));
}
