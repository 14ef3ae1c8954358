/** The tamper manifest against generated contracts: each contract refuses what the TypeScript verifier refuses, for the same reason. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildVerifier } from "../../api/verifier.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { createVerifierChain, type VerifierChain } from "../verifier-gen/chain.ts";
import { withHint } from "./support/hint.ts";
import { FIXTURES, outcome, provenPair } from "./support/proven.ts";
import { LONG, report } from "./support/report.ts";
import {
  lengthTampers,
  nameOf,
  type Proven,
  proofTampers,
  shapeTampers,
  statementTampers,
  type Tamper,
} from "./support/tampers.ts";

/**
 * What the contract may answer where the TypeScript verifier throws. It checks scalars as it reads them and coordinates only when a
 * precompile meets them, so a wrong hint can come before either.
 */
const AGREE: Record<string, readonly string[]> = {
  accepted: ["accepted"],
  "Proof.ShapeError": ["ProofLength", "NonCanonicalWord", "PrecompileFailed", "OpeningHint"],
  "VerifyingKey.StatementError": ["InputLength", "OutputLength"],
  "Verifier.OpeningHintError": ["OpeningHint"],
  "Verifier.PointError": ["PrecompileFailed", "OpeningHint"],
  "Verifier.PairingError": ["PairingFailed"],
};

let chain: VerifierChain;
let engine: Engine;
beforeAll(async () => {
  chain = await createVerifierChain();
  engine = await createEngine({ threads: 1 });
});
afterAll(async () => {
  await engine.close();
  await chain.close();
});

describe.each(FIXTURES)("$title", (fixture) => {
  let proven: Proven;
  let other: Proven;
  let address: `0x${string}`;
  beforeAll(async () => {
    ({ proven, other } = provenPair(engine, fixture));
    address = await chain.deploy((await buildVerifier({ verifyingKey: proven.key })).bytecode);
  });

  const disagreements = async (cases: readonly (Tamper | Proven)[]): Promise<string[]> => {
    const found: string[] = [];
    for (const item of cases) {
      const here = outcome(item);
      const there = await chain.outcome(address, item.statement, item.proof);
      if (!AGREE[here]?.includes(there)) found.push(`${"way" in item ? nameOf(item) : "honest"}: ${here}, ${there}`);
    }
    return found;
  };

  test("honest proofs are accepted by both", async () => {
    expect([outcome(proven), outcome(other)]).toEqual(["accepted", "accepted"]);
    expect(await disagreements([proven, other])).toEqual([]);
  });

  test("altered proofs are rejected by both", async () => {
    const cases = proofTampers(proven, other.proof);
    const canonical = cases.filter(
      ({ target, way }) => !target.startsWith("tail/") && !/^(not canonical|x is 2)/.test(way),
    );
    const chosen = [...cases, ...canonical.map(withHint), ...shapeTampers(proven)];
    const sample = LONG ? chosen : chosen.filter((_, i) => i % (fixture.title === "tiny" ? 4 : 10) === 0);
    expect(sample.filter((tamper) => outcome(tamper) === "accepted").map(nameOf)).toEqual([]);
    expect(await disagreements(sample)).toEqual([]);
    report("tamperCases", `proof of ${fixture.title} on chain`, sample.length);
  });

  test("altered public values are rejected by both", async () => {
    const lengths = lengthTampers(proven).filter(({ target }) => target !== "context");
    const values = [...statementTampers(proven), ...statementTampers(proven).map(withHint)];
    const cases = [...lengths, ...values.filter((_, i) => LONG || i % 5 === 0)];
    expect(cases.filter((tamper) => outcome(tamper) === "accepted").map(nameOf)).toEqual([]);
    expect(await disagreements(cases)).toEqual([]);
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
