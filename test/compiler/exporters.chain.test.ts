/** Models as converters write them, from a sample to the answer that a contract accepts, and to no other. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { buildVerifier } from "../../api/verifier.ts";
import { readModel } from "../../compiler/1-read/read.ts";
import { checkModel } from "../../compiler/2-check/check.ts";
import { integerAnswers, quantizeInput } from "../../compiler/3-quantize/integer-answers.ts";
import { compile } from "../../compiler/compile.ts";
import { readSamples } from "../../compiler/samples.ts";
import type { Engine } from "../../kernels/engine.ts";
import { prove } from "../../prover/prove.ts";
import { verify } from "../../verifier/verify.ts";
import { testKey } from "../support/proofs.ts";
import type { VerifierChain } from "../verifier-gen/chain.ts";
import { withEngineAndChain } from "../verifier-gen/engine-and-chain.ts";

const FOLDER = new URL("exporters/", import.meta.url);
const SAMPLES = JSON.parse(readFileSync(new URL("samples.json", FOLDER), "utf8"));
const context = new Uint8Array(32).fill(7);

let engine: Engine;
let chain: VerifierChain;
withEngineAndChain((made) => {
  ({ engine, chain } = made);
});

test.each(["svc_probabilities", "isolation_forest", "named_network"])(
  "%s",
  async (name) => {
    const bytes = readFileSync(new URL(`${name}.onnx`, FOLDER));
    const samples = SAMPLES[name];
    const { circuit, program } = compile(bytes, { name, calibration: samples });
    const key = testKey(engine, circuit);
    const [sample] = readSamples(samples, checkModel(readModel(bytes)).inputs, "test").inputs;
    const input = program.inputs.map((item) => quantizeInput(item, sample.get(item.name) ?? []));
    const { proof, ...statement } = prove(key, input, context);
    verify(key.verifyingKey, statement, proof);
    const address = await chain.deploy((await buildVerifier({ verifyingKey: key.verifyingKey })).bytecode);
    expect(await chain.outcome(address, statement, proof)).toBe("accepted");
    const [[answer]] = integerAnswers(program, [sample]);
    const names = circuit.outputs[0].labels;
    expect(names ? names[answer[0]] : Math.round(answer[0])).toBe(samples.labels[0]);
    const forged = proof.slice();
    forged[forged.length - 1] ^= 1;
    expect(await chain.outcome(address, statement, forged)).not.toBe("accepted");
  },
  120_000,
);
