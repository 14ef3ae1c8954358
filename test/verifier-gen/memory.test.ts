/**
 * The generated contract on a chain, without a prover: transcript, rounds, public values and column scalars in its memory, against
 * `core/`, for proofs of random words.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { add, inv, mul, R, sub } from "../../core/field.ts";
import { batchedValue, lineAt, openedColumns, quotientAtInverse, sameColumn } from "../../core/opening.ts";
import { encodeProof } from "../../core/proof.ts";
import { statementLength } from "../../core/statement.ts";
import { weightAt } from "../../core/weights.ts";
import { tinyCircuit } from "../support/circuits.ts";
import { createVerifierChain, type VerifierChain } from "./chain.ts";
import { FORMULA_CIRCUITS, formulaKey } from "./circuits.ts";
import { fieldElements } from "./evaluate.ts";
import { dumpMemory, randomProof, readProof } from "./harness.ts";

const SEED = 77n;

let chain: VerifierChain;
beforeAll(async () => {
  chain = await createVerifierChain();
});
afterAll(() => chain.close());

describe.each([...FORMULA_CIRCUITS, tinyCircuit()].map((circuit) => ({ circuit, title: circuit.name })))(
  "$title",
  ({ circuit }) => {
    test.each([
      ["a loop", false],
      ["unrolled", true],
    ])(`rounds as %s: memory agrees with core, seed ${SEED}`, async (_name, unrollRounds) => {
      const key = formulaKey(circuit);
      const next = fieldElements(SEED);
      const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => Number(next() & 0xffn));
      const statement = {
        input: bytes(statementLength(circuit.inputs)),
        output: bytes(statementLength(circuit.outputs)),
        context: bytes(32),
      };
      const words = randomProof(key, statement, () => next() % R);
      const dump = await dumpMemory(chain, key, statement, encodeProof(words), { unrollRounds });
      const { challenges, messages, claims, squeezed, words: part } = readProof(key, statement, words);
      const challenge = (name: string): bigint => squeezed.get(name)!;

      for (const name of ["alpha", "beta", "tau", "gamma", "z", "delta", "zeta"])
        expect(dump.word(`${name.toUpperCase()}_MPTR`), name).toBe(challenge(name));
      expect(challenges.w.map((_, k) => dump.word("W_MPTR", k))).toEqual(challenges.w);
      expect(challenges.u.map((_, k) => dump.word("U_MPTR", k))).toEqual(challenges.u);
      expect(dump.word("ZERO_CHECK_CLAIM_MPTR")).toBe(messages.zeroCheckClaim);
      expect(dump.word("PRODUCT_CLAIM_MPTR")).toBe(messages.productClaim);
      const tensors = [...circuit.inputs, ...circuit.outputs];
      tensors.forEach((tensor, i) => {
        expect(dump.word("PUBLIC_MPTR", i), tensor.name).toBe(claims[claims.length - tensors.length + i].value);
      });

      const [z, delta, zeta, gamma] = ["z", "delta", "zeta", "gamma"].map(challenge);
      const point = { z, inverse: inv(z) };
      const weight = (column: ReturnType<typeof openedColumns>[number], x: bigint): bigint =>
        claims.reduceRight((sum, claim) => {
          const own = claim.terms
            .filter((term) => sameColumn(term.column, column))
            .reduce((total, term) => add(total, weightAt(term, challenges, x)), 0n);
          return add(mul(sum, gamma), own);
        }, 0n);
      openedColumns(circuit).forEach((column, i) => {
        const expected = add(
          mul(mul(delta, sub(zeta, point.inverse)), weight(column, point.inverse)),
          mul(mul(mul(delta, delta), sub(zeta, z)), weight(column, z)),
        );
        expect(dump.word("COLUMN_SCALARS_MPTR", i) % R, `${column.kind} ${column.index}`).toBe(expected);
      });
      const [[s1], [s2], [hz]] = ["atZ", "atInverse", "quotientAtZ"].map((name) => part("openings", name));
      const line = lineAt(
        point,
        inv(sub(z, point.inverse)),
        hz,
        quotientAtInverse(point, batchedValue(claims, gamma), s1, s2, hz),
        zeta,
      );
      const constant = add(mul(delta, add(mul(sub(zeta, point.inverse), s1), mul(mul(delta, sub(zeta, z)), s2))), line);
      expect(dump.word("GENERATOR_SCALAR_MPTR") % R).toBe(sub(0n, constant));
    });
  },
);
