/** The tamper manifest: every section of the proof, every public value and every field of the key has its cases, and all are rejected. */
import { bn254 } from "@noble/curves/bn254.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { R } from "../../core/field.ts";
import { proofSections } from "../../core/proof.ts";
import { scheduleOf, TAIL_PARTS } from "../../core/schedule.ts";
import type { TauG2 } from "../../core/verifying-key.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { withHint } from "./support/hint.ts";
import { FIXTURES, outcome, provenPair } from "./support/proven.ts";
import { LONG, report } from "./support/report.ts";
import {
  KEY_FIELDS,
  keyTampers,
  lengthTampers,
  nameOf,
  POINT_WAYS,
  type Proven,
  preimageTampers,
  proofTampers,
  sectionName,
  shapeTampers,
  statementTampers,
  type Tamper,
  WAYS,
} from "./support/tampers.ts";

const g2 = bn254.G2.Point.BASE.multiply(12345n).toAffine();
const otherTauG2: TauG2 = [g2.x.c1, g2.x.c0, g2.y.c1, g2.y.c0];

/** Errors that mean the verifier looked at a check of its own and said no. */
const REJECTIONS = [
  "Proof.ShapeError",
  "Statement.StatementError",
  "Statement.PreimageError",
  "Verifier.OpeningHintError",
  "Verifier.PointError",
  "Verifier.PairingError",
];

/** Cases that are not rejected, or not by a check. */
function survivors(cases: readonly Tamper[]): string[] {
  return cases
    .map((tamper) => ({ tamper, result: outcome(tamper) }))
    .filter(({ result }) => !REJECTIONS.includes(result))
    .map(({ tamper, result }) => `${nameOf(tamper)}: ${result}`);
}

describe.each(FIXTURES)("$title", (fixture) => {
  let engine: Engine;
  let proven: Proven;
  let other: Proven;
  let cases: Tamper[];
  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
    ({ proven, other } = provenPair(engine, fixture));
    cases = proofTampers(proven, other.proof);
  });
  afterAll(() => engine.close());

  test("the proofs that the cases start from verify", () => {
    expect([outcome(proven), outcome(other)]).toEqual(["accepted", "accepted"]);
  });

  test("the manifest covers every section of the schedule, in every way", () => {
    const { circuit } = proven.key;
    const scheduled = scheduleOf(circuit).flatMap((step) =>
      step.kind === "absorb" ? step.parts.map((part) => `${step.name}/${part.name}`) : [],
    );
    const expected = [...scheduled, ...TAIL_PARTS.map(({ name }) => `tail/${name}`)];
    expect([...new Set(cases.map(({ target }) => target))]).toEqual(expected);
    for (const section of proofSections(circuit)) {
      const ways = cases.filter(({ target }) => target === sectionName(section)).map(({ way }) => way.split(",")[0]);
      const demanded = section.part.kind === "point" ? [...WAYS, ...POINT_WAYS] : WAYS;
      expect(
        demanded.filter((way) => !ways.includes(way)),
        sectionName(section),
      ).toEqual([]);
    }
  });

  test("every case differs from the proof", () => {
    const same = cases.filter(({ proof }) => Buffer.compare(proof, proven.proof) === 0);
    expect(same.map(nameOf)).toEqual([]);
  });

  test("every altered proof is rejected", () => {
    // Single words of long sections are left to the long form for the larger circuit.
    const chosen = LONG || fixture.title === "tiny" ? cases : cases.filter((_, i) => i % 4 === 0);
    const all = [...chosen, ...shapeTampers(proven)];
    expect(survivors(all)).toEqual([]);
    report("tamperCases", `proof of ${fixture.title}`, all.length);
  });

  test("every altered proof with a repaired hint is rejected by the curve or the pairing", () => {
    const canonical = cases.filter(
      ({ target, way }) => !target.startsWith("tail/") && !/^(not canonical|x is 2)/.test(way),
    );
    const repaired = canonical.filter((_, i) => LONG || i % 3 === 1).map(withHint);
    const wrong = repaired
      .map((tamper) => ({ tamper, result: outcome(tamper) }))
      .filter(({ result }) => result !== "Verifier.PairingError" && result !== "Verifier.PointError");
    expect(wrong.map(({ tamper, result }) => `${nameOf(tamper)}: ${result}`)).toEqual([]);
    expect(repaired.length).toBeGreaterThan(40);
    report("tamperCases", `repaired proof of ${fixture.title}`, repaired.length);
  });

  test("every altered public value is rejected", () => {
    const repaired = statementTampers(proven).filter((_, i) => LONG || i % 4 === 0);
    const all = [
      ...statementTampers(proven),
      ...repaired.map(withHint),
      ...lengthTampers(proven),
      ...preimageTampers(proven),
    ];
    expect(survivors(all)).toEqual([]);
    report("tamperCases", `statement of ${fixture.title}`, all.length);
  });

  test("the statement of another proof is rejected, part by part", () => {
    for (const part of ["input", "output"] as const) {
      const statement = { ...proven.statement, [part]: other.statement[part] };
      const mixed = withHint({ ...proven, statement, target: part, way: "of another proof" });
      expect(outcome(mixed), part).toBe("Verifier.PairingError");
    }
  });

  test("a value plus r is not the value", () => {
    for (const { word, part } of proofSections(proven.key.circuit).filter(
      (section) => section.part.kind === "scalar",
    )) {
      const proof = proven.proof.slice();
      const value = BigInt(`0x${Buffer.from(proof.subarray(32 * word, 32 * word + 32)).toString("hex")}`);
      proof.set(Buffer.from((value + R).toString(16).padStart(64, "0"), "hex"), 32 * word);
      expect(outcome({ ...proven, proof }), part.name).toBe("Proof.ShapeError");
    }
  });
});

describe("the verifying key", () => {
  let engine: Engine;
  let proven: Proven;
  let cases: Tamper[];
  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
    ({ proven } = provenPair(engine, FIXTURES[0]));
    cases = keyTampers(proven, otherTauG2);
  });
  afterAll(() => engine.close());

  test("has a case for every field", () => {
    expect(Object.keys(proven.key).filter((field) => !cases.some(({ target }) => target === field))).toEqual([]);
    expect([...KEY_FIELDS].sort()).toEqual(Object.keys(proven.key).sort());
  });

  test("is bound in every field, every number of the circuit included", () => {
    // A changed length or size may be refused before any check of the proof; what matters is that nothing is accepted.
    const accepted = cases.filter((tamper) => outcome(tamper) === "accepted").map(nameOf);
    expect(accepted).toEqual([]);
    report("tamperCases", "key", cases.length);
  });
});
