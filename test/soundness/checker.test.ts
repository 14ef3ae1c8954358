/** Checks on the checker: everything a proof says is consumed, and no length or degree comes from a proof. */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimsOf, type Messages } from "../../core/claims.ts";
import { circuitProducts, operandCount } from "../../core/layout.ts";
import { hasCommittedValues } from "../../core/lookup.ts";
import { batchedValue } from "../../core/opening.ts";
import { proofPreimages } from "../../core/proof.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { generateVerifier } from "../../verifier-gen/generate.ts";
import { root } from "../support/source-tree.ts";
import { FIXTURES, provenPair } from "./support/proven.ts";
import type { Proven } from "./support/tampers.ts";

const source = (file: string): string => readFileSync(`${root}${file}`, "utf8");
/** Without comments. */
const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");

describe.each(FIXTURES)("$title", ({ circuit, ...fixture }) => {
  let engine: Engine;
  let proven: Proven;
  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
    ({ proven } = provenPair(engine, { circuit, ...fixture }));
  });
  afterAll(() => engine.close());

  const points = Array.from({ length: circuit.logRows }, (_, k) => BigInt(3 * k + 5));
  const challenges = { alpha: 2n, beta: 3n, tau: 5n, w: points, u: points.map((value) => value * 7n) };
  const messages: Messages = {
    ...{ sum: 11n, zeroCheckClaim: 12n, productClaim: 13n, q: 14n, y: 15n, rem: 16n, m: 17n, h: 18n },
    table: hasCommittedValues(circuit) ? 19n : 0n,
    operands: Array.from({ length: operandCount(circuitProducts(circuit)) }, (_, k) => BigInt(20 + k)),
  };
  const claims = (sent: Messages) =>
    claimsOf(circuit, challenges, sent, proven.statement, proofPreimages(circuit, proven.proof));
  /** The claims as one text. */
  const text = (sent: Messages): string =>
    JSON.stringify(claims(sent), (_, value) => (typeof value === "bigint" ? `${value}n` : value));

  test("every message and both ends of the sumchecks change the claims", () => {
    const changed = Object.entries(messages).flatMap(([name, value]): [string, Messages][] => {
      if (name === "table" && value === 0n) return [];
      if (name !== "operands") return [[name, { ...messages, [name]: (value as bigint) + 1n }]];
      return messages.operands.map((operand, k) => [
        `operand ${k}`,
        { ...messages, operands: messages.operands.with(k, operand + 1n) },
      ]);
    });
    expect(changed.length).toBeGreaterThan(8);
    const honest = text(messages);
    expect(changed.filter(([, sent]) => text(sent) === honest).map(([name]) => name)).toEqual([]);
  });

  test("every claim has a power of gamma of its own", () => {
    const all = claims(messages);
    const gamma = 2n ** 64n + 13n;
    const honest = batchedValue(all, gamma);
    const moved = all.map((claim, c) => batchedValue(all.with(c, { ...claim, value: claim.value + 1n }), gamma));
    expect(new Set([honest, ...moved]).size).toBe(all.length + 1);
  });

  test("the contract compares lengths with constants, and does nothing else with them", () => {
    const contract = code(generateVerifier(proven.key).source);
    const uses = contract.match(/\b(?:proof|input|output)\.length\b/g) ?? [];
    const comparisons = contract.match(/if iszero\(eq\((proof|input|output)\.length, \1_BYTES\)\)/gi) ?? [];
    expect(comparisons.length).toBe(3);
    expect(uses.length).toBe(comparisons.length);
    expect(contract).not.toMatch(/calldatasize|returndatasize|msg\.data|\bfor\b/);
  });
});

test("the verifier consumes every field of a sumcheck's result", () => {
  const [, fields] = /interface SumcheckResult \{([^}]*)\}/.exec(source("verifier/sumcheck.ts")) ?? [];
  const names = [...fields.matchAll(/readonly (\w+):/g)].map(([, name]) => name);
  expect(names).toContain("zeroCheckClaim");
  const verify = code(source("verifier/verify.ts"));
  expect(names.filter((name) => !verify.includes(`sums.${name}`))).toEqual([]);
});

test("the verifier measures nothing that a prover sends", () => {
  const files = readdirSync(`${root}verifier`).filter((file) => file.endsWith(".ts"));
  const measured = files.flatMap((file) =>
    [...code(source(`verifier/${file}`)).matchAll(/[\w.]+\.(?:length|byteLength|size)\b/g)].map(
      ([use]) => `${file}: ${use}`,
    ),
  );
  // The points of the pairing that are not infinity.
  expect(measured).toEqual(["opening.ts: pairs.length"]);
  expect(code(source("core/proof.ts"))).toContain("if (bytes.length !== proofLength(circuit)) {");
});
