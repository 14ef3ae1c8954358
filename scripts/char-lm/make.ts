/**
 * Trains the character language model of `examples/models/char_lm` and writes its folder: model, calibration, samples, meta.
 *
 *   node scripts/char-lm/make.ts          some minutes
 *
 * The model learns one text by heart: samples are windows of that text, labels the characters behind them.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as ort from "onnxruntime-web";
import { uniform } from "../../cli/bench/scale/onnx.ts";
import { encodeModel } from "./export.ts";
import { SIZE } from "./network.ts";
import { ALPHABET, TEXT, tokensOf } from "./text.ts";
import { train } from "./train.ts";

const SEED = 2024;
const TRAINING = { steps: 2400, batch: 12 } as const;
const SAMPLES = 200;
const CALIBRATION = 64;

const target = join(import.meta.dirname, "..", "..", "examples", "models", "char_lm");
const text = tokensOf(TEXT);
const draw = uniform(SEED);
const weights = train(text, ALPHABET.length, {
  ...TRAINING,
  uniform: () => (draw() + 1) / 2,
  progress: (step, loss) => console.log(`step ${step} of ${TRAINING.steps}: loss ${loss.toFixed(3)}`),
});

const model = encodeModel(weights, ALPHABET.length);
const session = await ort.InferenceSession.create(model);
const windows = Array.from({ length: text.length - SIZE.tokens }, (_, start) => {
  return { tokens: text.slice(start, start + SIZE.tokens), next: text[start + SIZE.tokens] };
});
/** Windows spread evenly over the text, the first of them `offset` in. */
const spread = (count: number, offset: number) =>
  Array.from({ length: count }, (_, i) => windows[Math.floor(((i + offset) * windows.length) / count)]);

const samples = spread(SAMPLES, 0);
const outputs: number[][] = [];
for (const { tokens } of samples) {
  const ids = new ort.Tensor("int64", BigInt64Array.from(tokens, BigInt), [1, SIZE.tokens]);
  const { logits } = await session.run({ characters: ids });
  outputs.push(Array.from(logits.data as Float32Array, (logit) => Number(logit.toFixed(6))));
}
const right = samples.filter(({ next }, i) => outputs[i].indexOf(Math.max(...outputs[i])) === next).length;
const params = Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
const perToken = SIZE.layers * (4 * SIZE.width ** 2 + 2 * SIZE.width * SIZE.hidden + 2 * SIZE.tokens * SIZE.width);

mkdirSync(target, { recursive: true });
const write = (name: string, content: unknown, indent?: number): void =>
  writeFileSync(join(target, `${name}.json`), `${JSON.stringify(content, undefined, indent)}\n`);
writeFileSync(join(target, "model.onnx"), model);
write("calibration", { inputs: spread(CALIBRATION, 0.5).map(({ tokens }) => [tokens]) });
write("samples", {
  inputs: samples.map(({ tokens }) => [tokens]),
  labels: samples.map(({ next }) => next),
  outputs: outputs.map((logits) => [logits]),
});
write(
  "meta",
  {
    name: "char_lm",
    task: `the character behind ${SIZE.tokens} characters of a text learnt by heart`,
    dataset: "scripts/char-lm/text.ts",
    alphabet: ALPHABET,
    params,
    macs: SIZE.tokens * perToken + SIZE.width * ALPHABET.length,
    inputShape: [1, SIZE.tokens],
    outputShape: [1, ALPHABET.length],
    inputs: [{ name: "characters", shape: [1, SIZE.tokens], dtype: "int64" }],
    outputs: [{ name: "logits", shape: [1, ALPHABET.length], dtype: "float" }],
    floatAccuracy: right / SAMPLES,
    testSamples: SAMPLES,
    opset: 17,
    exporter: "scripts/char-lm/export.ts",
    license: "CC0-1.0",
  },
  2,
);
console.log(`${params} weights, ${right} of ${SAMPLES} samples right`);
