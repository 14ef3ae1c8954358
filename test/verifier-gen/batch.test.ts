/** Batches of three through both verifiers, for terms of each kind: convolutions, recurrences, products of two witness tensors. */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Engine } from "../../kernels/engine.ts";
import { prove } from "../../prover/prove.ts";
import { verify } from "../../verifier/verify.ts";
import { extremeInputs } from "../compiler/support/agreement.ts";
import { CASES } from "../compiler/support/cases/all.ts";
import { inputsOf } from "../compiler/support/cases/case.ts";
import { buildModel } from "../compiler/support/onnx.ts";
import { random } from "../compiler/support/random.ts";
import { testKey } from "../support/proofs.ts";
import type { VerifierChain } from "./chain.ts";
import { withEngineAndChain } from "./engine-and-chain.ts";
import { deployForm, FORMS } from "./forms.ts";

const SEED = 3141;
const BATCH = 3;
const NAMES = [
  "Conv groups",
  "LSTM [3,2,5] to 3, forward",
  "MatMul of two tensors, powers of two",
  "gated unit: Sigmoid · Tanh of one Gemm each, Gemm",
];
const context = keccak_256(new TextEncoder().encode("batch"));

let chain: VerifierChain;
let engine: Engine;
withEngineAndChain((made) => {
  ({ engine, chain } = made);
});

const HIDDEN = { inputVisibility: "hashed", outputVisibility: "committed" } as const;

test.each([...NAMES.map((name) => ({ name, visibility: {} })), { name: NAMES[0], visibility: HIDDEN }])(
  "$name $visibility",
  async ({ name, visibility }) => {
    const item = CASES.find((item) => item.name === name)!;
    const next = random(SEED);
    const inputs = Array.from({ length: 4 }, () => inputsOf(item, next));
    const bits = { activationBits: 6, fineBits: 0, shiftBits: 10 };
    const { circuit, program } = compile(buildModel(item.model), {
      calibration: { inputs },
      batch: BATCH,
      ...visibility,
      ...bits,
    });
    const samples = extremeInputs(program, next, BATCH + 1).slice(1);
    const together = circuit.inputs.map((_, t) => samples.flatMap((sample) => Array.from(sample[t])));
    const key = testKey(engine, circuit);
    const proof = prove(key, together, context);
    const addresses = await Promise.all(FORMS.map((form) => deployForm(chain, key.verifyingKey, form)));

    expect(() => verify(key.verifyingKey, proof, proof.proof), `seed ${SEED}`).not.toThrow();
    for (const address of addresses)
      expect(await chain.outcome(address, proof, proof.proof), `seed ${SEED}`).toBe("accepted");
    // One byte of each inference's own part of input and output.
    for (const part of ["input", "output"] as const) {
      for (let b = 0; b < BATCH; b++) {
        const at = Math.floor(((b + 0.5) * proof[part].length) / BATCH);
        const changed = { ...proof, [part]: proof[part].map((byte, i) => (i === at ? byte ^ 1 : byte)) };
        expect(() => verify(key.verifyingKey, changed, proof.proof), `${part} of ${b}`).toThrow();
        for (const address of addresses)
          expect(await chain.outcome(address, changed, proof.proof), `${part} of ${b}`).not.toBe("accepted");
      }
    }
  },
);
