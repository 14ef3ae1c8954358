/**
 * Constructions known to be unsound, kept as tests. Each forgery is accepted by a verifier broken in the way that is named, which
 * shows that the forgery is a real one, and refused by the verifier as it is.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Claim, claimsOf } from "../../core/claims.ts";
import { packTensors } from "../../core/packing.ts";
import { scheduleOf } from "../../core/schedule.ts";
import type { Statement } from "../../core/statement.ts";
import type { Transcript } from "../../core/transcript.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import type { ProvingKey } from "../../prover/setup.ts";
import { computeWitness, type Witness, witnessOutputs } from "../../prover/witness.ts";
import { type Breakage, proveBroken, verifyBroken } from "./support/broken.ts";
import { cheatsAt } from "./support/cheats.ts";
import { context, FIXTURES, inputOf, provenPair, SEED } from "./support/proven.ts";

const [tiny] = FIXTURES;
const { circuit } = tiny;
const without =
  (name: string) =>
  (claims: readonly Claim[]): readonly Claim[] =>
    claims.filter((claim) => claim.name !== name);

/** Claim names do not depend on the proof. */
const CLAIMS = claimsOf(
  circuit,
  { alpha: 2n, beta: 3n, tau: 5n, w: new Array(7).fill(7n), u: new Array(7).fill(11n) },
  {
    ...{ sum: 1n, zeroCheckClaim: 1n, productClaim: 1n, q: 1n, y: 1n, rem: 1n, m: 1n, h: 1n, table: 0n },
    operands: [1n],
  },
  { input: new Uint8Array(3), output: new Uint8Array(2), context },
).map(({ name }) => name);

let engine: Engine;
let key: ProvingKey;
let honest: Witness;
let statement: Statement;
const input = inputOf(tiny, SEED);
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
  ({ key } = provenPair(engine, tiny));
  honest = computeWitness(key.plan, input);
  statement = statementOf(honest);
});
afterAll(() => engine.close());

function statementOf(witness: Witness): Statement {
  return {
    input: packTensors(circuit.inputs, input),
    output: packTensors(circuit.outputs, witnessOutputs(circuit, witness)),
    context,
  };
}

function verdict(claimed: Statement, proof: Uint8Array, breakage: Breakage): string {
  try {
    verifyBroken(key.verifyingKey, claimed, proof, breakage);
    return "accepted";
  } catch (error) {
    return (error as Error).name;
  }
}

/** What the broken and the true verifier say of a forgery made for each. */
function verdicts(claimed: Statement, witness: Witness, breakage: Breakage): string[] {
  return [breakage, {}].map((rules) => verdict(claimed, proveBroken(key, claimed, witness, rules), rules));
}

const CAUGHT = ["accepted", "Verifier.PairingError"];

test("the driver agrees with the verifier on an honest witness", () => {
  expect(verdict(statement, proveBroken(key, statement, honest, {}), {})).toBe("accepted");
});

describe("a forged witness", () => {
  test.each([
    // The remainder may leave its range on one side: the quotient is off by one, and equation (1) still holds.
    ["remainder checked from above only", "carry out of the remainder: negative", "helper sum"],
    ["remainder checked from below only", "carry into the remainder: too large", "helper sum"],
    // The looked-up cells agree with the table in their low bits.
    ["lookup of low bits only", "quotient and remainder both with the same low bits", "helper sum"],
    ["activation not looked up", "value of another entry", "helper sum"],
    ["accumulators not constrained", "next entry of the table", "accumulators"],
  ])("%s", (_name, cheat, claim) => {
    const row = circuit.segments[0].start;
    const found = cheatsAt(key.plan, honest, row).find(({ name }) => name === cheat);
    const { witness } = found as NonNullable<typeof found>;
    if (claim === "helper sum") {
      const left = (cells: Witness): number => 2 ** circuit.shiftBits * cells.q[row] + cells.rem[row];
      expect(left(witness), "equation (1) holds").toBe(left(honest));
    }
    expect(verdicts(statementOf(witness), witness, { claims: without(claim) })).toEqual(CAUGHT);
  });
});

describe("a dropped claim", () => {
  test.each(["input x", "output out"])("%s: any bytes can be claimed", (name) => {
    const part = name.startsWith("input") ? "input" : "output";
    const claimed = { ...statement, [part]: statement[part].map((byte) => byte ^ 3) };
    expect(verdicts(claimed, honest, { claims: without(name) })).toEqual(CAUGHT);
  });

  test.each(CLAIMS)("%s cannot be left out unnoticed", (name) => {
    const proof = proveBroken(key, statement, honest, {});
    const emptied = (claims: readonly Claim[]): readonly Claim[] =>
      claims.map((claim) => (claim.name === name ? { ...claim, value: 0n, terms: [] } : claim));
    for (const claims of [without(name), emptied]) {
      expect(verdict(statement, proof, { claims })).toBe("Verifier.PairingError");
      expect(verdict(statement, proveBroken(key, statement, honest, { claims }), {})).toBe("Verifier.PairingError");
    }
  });
});

test("equal powers of gamma for two claims: what one loses the other gains", () => {
  const merged = (claims: readonly Claim[]): readonly Claim[] => {
    const [a, b] = ["input x", "output out"].map((name) => claims.find((claim) => claim.name === name) as Claim);
    const both = { name: "both", value: a.value + b.value, terms: [...a.terms, ...b.terms] };
    return [...claims.filter((claim) => claim !== a && claim !== b), both];
  };
  const last = (bytes: Uint8Array, by: number): Uint8Array =>
    bytes.map((byte, i) => (i === bytes.length - 1 ? byte + by : byte));
  const claimed = { ...statement, input: last(statement.input, -1), output: last(statement.output, 1) };
  expect(verdicts(claimed, honest, { claims: merged })).toEqual(CAUGHT);
});

describe("an unabsorbed message", () => {
  const skipping =
    (name: string) =>
    (transcript: Transcript): Transcript => ({
      ...transcript,
      absorb: (step, words) => transcript.absorb(step, step === name ? words.map(() => 0n) : words),
    });
  const steps = scheduleOf(circuit).flatMap((step) => (step.kind === "absorb" ? [step.name] : []));

  test.each(steps)("%s", (name) => {
    const broken = { transcript: skipping(name) };
    const proof = proveBroken(key, statement, honest, broken);
    expect(verdict(statement, proof, broken)).toBe("accepted");
    expect(verdict(statement, proof, {})).not.toBe("accepted");
  });
});
