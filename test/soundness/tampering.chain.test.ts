/** The tamper manifest against generated contracts: each contract refuses what the TypeScript verifier refuses, for the same reason. */
import { beforeAll, describe, expect, test } from "vitest";
import { buildVerifier } from "../../api/verifier.ts";
import type { Engine } from "../../kernels/engine.ts";
import type { VerifierChain } from "../verifier-gen/chain.ts";
import { withEngineAndChain } from "../verifier-gen/engine-and-chain.ts";
import { ALL_REFUSED, verdicts } from "./support/agreement.ts";
import { withHint } from "./support/hint.ts";
import { FIXTURES, outcome, provenPair } from "./support/proven.ts";
import { LONG, report } from "./support/report.ts";
import {
  lengthTampers,
  type Proven,
  preimageTampers,
  proofTampers,
  shapeTampers,
  statementTampers,
} from "./support/tampers.ts";

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

  test("honest proofs are accepted by both", async () => {
    const both = await verdicts(chain, address, [proven, other]);
    expect(both).toEqual({ accepted: ["honest", "honest"], disagreements: [] });
  });

  test("altered proofs are rejected by both", async () => {
    const cases = proofTampers(proven, other.proof);
    const canonical = cases.filter(
      ({ target, way }) => !target.startsWith("tail/") && !/^(not canonical|x is 2)/.test(way),
    );
    const chosen = [...cases, ...canonical.map(withHint), ...shapeTampers(proven)];
    const sample = LONG ? chosen : chosen.filter((_, i) => i % (fixture.title === "tiny" ? 4 : 10) === 0);
    expect(await verdicts(chain, address, sample)).toEqual(ALL_REFUSED);
    report("tamperCases", `proof of ${fixture.title} on chain`, sample.length);
  });

  test("altered public values are rejected by both", async () => {
    const lengths = lengthTampers(proven).filter(({ target }) => target !== "context");
    const values = [...statementTampers(proven), ...statementTampers(proven).map(withHint)];
    const cases = [...lengths, ...preimageTampers(proven), ...values.filter((_, i) => LONG || i % 5 === 0)];
    expect(await verdicts(chain, address, cases)).toEqual(ALL_REFUSED);
    report("tamperCases", `statement of ${fixture.title} on chain`, cases.length);
  });
});

test("a contract of other weights refuses the proof, repaired hint included", async () => {
  const [first] = FIXTURES;
  const { proven } = provenPair(engine, first);
  const fixed = first.circuit.fixed.slice();
  fixed[0] += 1;
  const foreign = provenPair(engine, { ...first, circuit: { ...first.circuit, fixed } }).proven.key;
  const address = await chain.deploy((await buildVerifier({ verifyingKey: foreign })).bytecode);
  const moved = withHint({ ...proven, key: foreign, target: "fixedCommitments", way: "other weights" });
  expect(await chain.outcome(address, moved.statement, moved.proof)).toBe("PairingFailed");
  expect(outcome(moved)).toBe("Verifier.PairingError");
});
