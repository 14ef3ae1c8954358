/** Structured random proofs go to generated contracts. None is accepted, and each is refused with an error of the contract. */
import { beforeAll, describe, expect, test } from "vitest";
import { buildVerifier } from "../../api/verifier.ts";
import type { Engine } from "../../kernels/engine.ts";
import type { VerifierChain } from "../verifier-gen/chain.ts";
import { withEngineAndChain } from "../verifier-gen/engine-and-chain.ts";
import { FIXTURES, provenPair } from "./support/proven.ts";
import { randomProofs } from "./support/random-proofs.ts";
import { LONG, report } from "./support/report.ts";
import { nameOf, type Proven } from "./support/tampers.ts";

const SEED = 2025;
const COUNT = LONG ? 5000 : 300;
/** What a contract may say of a proof of the right length. */
const REFUSALS = ["NonCanonicalWord", "OpeningHint", "PairingFailed", "PrecompileFailed"];

let chain: VerifierChain;
let engine: Engine;
withEngineAndChain((made) => {
  ({ engine, chain } = made);
});

describe.each(FIXTURES)("$title", (fixture) => {
  let proven: Proven;
  let other: Proven;
  let address: `0x${string}`;
  beforeAll(async () => {
    ({ proven, other } = provenPair(engine, fixture));
    address = await chain.deploy((await buildVerifier({ verifyingKey: proven.key })).bytecode);
  });

  test(`${COUNT} random proofs are refused, seed ${SEED}`, async () => {
    const hashes = [...fixture.circuit.inputs, ...fixture.circuit.outputs].some(
      ({ visibility }) => visibility === "hashed",
    );
    const expected = [...REFUSALS, ...(hashes ? ["PreimageHash"] : [])].sort();
    const wrong: string[] = [];
    let tried = 0;
    const refusals = new Set<string>();
    for (const tamper of randomProofs(proven, other.proof, SEED, COUNT)) {
      tried++;
      const result = await chain.outcome(address, tamper.statement, tamper.proof);
      refusals.add(result);
      if (!expected.includes(result)) wrong.push(`${nameOf(tamper)}: ${result}`);
    }
    expect(wrong).toEqual([]);
    expect([...refusals].sort()).toEqual(expected);
    report("fuzzProofs", `proof of ${fixture.title} on chain`, tried);
  });
});
