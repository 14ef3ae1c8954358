/** Circuits of the compiler, one per operator on an odd shape, through their generated verifiers on a chain. */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Engine } from "../../kernels/engine.ts";
import { prove } from "../../prover/prove.ts";
import { extremeInputs } from "../compiler/support/agreement.ts";
import { CASES } from "../compiler/support/cases/all.ts";
import { inputsOf } from "../compiler/support/cases/case.ts";
import { buildModel } from "../compiler/support/onnx.ts";
import { random } from "../compiler/support/random.ts";
import { testKey } from "../support/proofs.ts";
import type { VerifierChain } from "./chain.ts";
import { withEngineAndChain } from "./engine-and-chain.ts";
import { deployForm, FORMS } from "./forms.ts";

const SEED = 5150;
const NAMES = [
  "causal attention, Add of minus infinity",
  "Where of a comparison: the larger of x and y",
  "Div of two tensors",
  "ReduceProd over 2",
  "Hardmax over the last axis",

  "Softmax over the middle axis",
  "LogSoftmax over the first axis",
  "LayerNormalization over the last axis",
  "Gather of two tables at tokens and positions, sum",
  "Gather of a tensor at computed indices, middle axis",
  "OneHot of token ids, first axis, values of its own",
  "TopK values of three",
  "ScatterElements at computed indices, first axis, a part of the others, Gemm",
  "ScatterElements at computed indices, max",
];

let engine: Engine;
let chain: VerifierChain;
withEngineAndChain((made) => {
  ({ engine, chain } = made);
});

test.each(NAMES)("%s", async (name) => {
  const item = CASES.find((candidate) => candidate.name === name);
  if (item === undefined) throw new Error(`no case ${name}`);
  const next = random(SEED);
  const inputs = Array.from({ length: 4 }, () => inputsOf(item, next));
  const { circuit, program } = compile(buildModel(item.model), {
    calibration: { inputs },
    activationBits: 6,
    fineBits: 0,
    shiftBits: 8,
  });
  const key = testKey(engine, circuit);
  const proof = prove(key, extremeInputs(program, next, 4)[3], new Uint8Array(32).fill(0xab));
  const output = Uint8Array.from(proof.output);
  output[output.length - 1] ^= 1;
  for (const form of FORMS) {
    const address = await deployForm(chain, key.verifyingKey, form);
    expect(await chain.outcome(address, proof, proof.proof), `${form}, seed ${SEED}`).toBe("accepted");
    expect(await chain.outcome(address, { ...proof, output }, proof.proof), `${form}, seed ${SEED}`).not.toBe(
      "accepted",
    );
  }
});
