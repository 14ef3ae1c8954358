/** Circuits of the compiler through prover and verifier: one of each kind of term, on odd shapes. */
import { readFileSync } from "node:fs";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { memoryPlan } from "../../prover/memory.ts";
import { prove } from "../../prover/prove.ts";
import { verify } from "../../verifier/verify.ts";
import { testKey } from "../support/proofs.ts";
import { extremeInputs } from "./support/agreement.ts";
import { CASES } from "./support/cases/all.ts";
import { ARG_MAX_CASES } from "./support/cases/arg-max.ts";
import { inputsOf } from "./support/cases/case.ts";
import { buildModel } from "./support/onnx.ts";
import { random } from "./support/random.ts";

const SEED = 2718;
const NAMES = [
  "Gemm of power-of-two sizes and Relu",
  "MatMul of tokens",
  "Conv strides 2 and 3, asymmetric pads",
  "Conv groups",
  "Conv one spatial axis",
  "MaxPool 3x3 stride 2, padded, negative",
  "AveragePool padding left out",
  "Concat of channels, Conv",
  "residual block with a skip from Relu",
  "ArgMax of scores",
  "TreeEnsembleRegressor of three ragged trees, every comparison",
  "TreeEnsembleRegressor one target for each tree",
  "TreeEnsembleClassifier three classes, sigmoid, three rows",
  "ReduceMin over -1",
  "LSTM [3,2,5] to 3, forward",
  "GRU [3,1,3] to 5, forward linear_before_reset 1",
  "MatMul of two tensors",
  "MatMul of two tensors, powers of two",
  "gated unit: Sigmoid · Tanh of one Gemm each, Gemm",
  "Gemm, Elu, Gemm, Erf",
  "Softmax over the middle axis",
  "LayerNormalization, attention of two heads, residual",
  "Pad reflect",
  "Slice backwards, padded Conv, Gemm",
  "Pad with a value",
  "Resize linear, half pixels",
  "ConvTranspose stride 2, padding, output padding",
  "Einsum bij,bjk->bik",
  "ScatterND of rows, Gemm",
  "ScatterND of elements at pairs of indices, some from the end",
  "ScatterElements at computed indices, mul",
  "RNN [3,2,5] to 3, forward",
  "Gather of two tables at tokens and positions, sum",
  "GatherND of rows at computed indices, batch axis",
  "TopK of sums, the chosen sums again, Gemm",
  "QLinearConv with zero points, padded",
];

const context = keccak_256(new TextEncoder().encode("compiler"));
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.close());

test.each(NAMES)("%s", (name) => {
  const item = [...CASES, ...ARG_MAX_CASES].find((candidate) => candidate.name === name);
  if (item === undefined) throw new Error(`no case ${name}`);
  const next = random(SEED);
  const inputs = Array.from({ length: 6 }, () => inputsOf(item, next));
  const { circuit, program } = compile(buildModel(item.model), {
    calibration: { inputs },
    activationBits: 7,
    fineBits: 0,
    shiftBits: 10,
  });
  const key = testKey(engine, circuit);
  for (const input of extremeInputs(program, next, 3)) {
    const proof = prove(key, input, context);
    expect(() => verify(key.verifyingKey, proof, proof.proof), `seed ${SEED}`).not.toThrow();
  }
});

test("weights that fill several fixed columns, with factors and without", () => {
  const file = (name: string) => readFileSync(new URL(`../../examples/models/digits_cnn/${name}`, import.meta.url));
  const { circuit, program } = compile(file("model.onnx"), {
    calibration: JSON.parse(file("calibration.json").toString()),
    activationBits: 7,
    fineBits: 1,
    shiftBits: 10,
    fixedColumnLength: 1024,
  });
  const key = testKey(engine, circuit);
  const written = memoryPlan(key.plan, engine.threads).writtenColumns;
  expect(written).toBeGreaterThan(0);
  expect(written).toBeLessThan(key.fixedColumns.length);
  for (const input of extremeInputs(program, random(SEED), 2)) {
    const proof = prove(key, input, context);
    expect(() => verify(key.verifyingKey, proof, proof.proof), `seed ${SEED}`).not.toThrow();
  }
});
