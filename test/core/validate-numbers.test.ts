/** Circuits whose numbers would mean one thing as integers and another modulo r are refused, at the edge of each bound. */
import { describe, expect, test } from "vitest";
import type { Circuit, PlainAxis, Segment, Table, Term } from "../../core/circuit.ts";
import { CircuitError } from "../../core/circuit-error.ts";
import { mod, R } from "../../core/field.ts";
import { validateCircuit } from "../../core/validate.ts";
import { ACCUMULATOR_LIMIT, accumulatorBound, witnessBound } from "../../core/validate-numbers.ts";
import { weightAt } from "../../core/weights.ts";
import { planCircuit } from "../../prover/plan.ts";
import { computeWitness } from "../../prover/witness.ts";
import { memoryCircuit, mixedCircuit, numbers, tinyCircuit } from "../support/circuits.ts";

const SEED = 173;
const tiny = tinyCircuit();
const [dense] = tiny.segments;
const withSegment = (change: Partial<Segment>): Circuit => ({ ...tiny, segments: [{ ...dense, ...change }] });
/** A table that no row uses; shiftBits 3. */
const withTable = (table: Partial<Table>): Circuit => ({
  ...tiny,
  tables: [...tiny.tables, { name: "other", lo: 0, hi: 0, breaks: [], ...table }],
});

/** Adds one cell `times` = 2^k times, times `coef`. */
function repeated(coef: number, log2Times: number, term: Partial<Term> = {}): Term {
  const axis = (n: number): PlainAxis => ({ kind: "plain", n, cell: 0, row: 0 });
  const axes = [...new Array(Math.floor(log2Times / 7)).fill(7), log2Times % 7].map((log2) => axis(2 ** log2));
  return { source: "fixed", base: 0, rowBase: dense.start, coef, axes, ...term };
}

const accepted = (circuit: Circuit): void => expect(() => validateCircuit(circuit)).not.toThrow();
const refused = (circuit: Circuit, message: RegExp): void => {
  expect(() => validateCircuit(circuit)).toThrow(CircuitError);
  expect(() => validateCircuit(circuit)).toThrow(message);
};

describe("accumulators", () => {
  test("below 2^250 by one are accepted, at it refused", () => {
    // 2^31 (1 + 2 + .. + 2^218) + 2^31 - 1 = 2^250 - 1
    const linear = Array.from({ length: 219 }, (_, k) => repeated(2 ** (k % 40), k - (k % 40)));
    const edge = withSegment({ linear, products: [], constant: -(2 ** 31 - 1) });
    expect(accumulatorBound(edge.segments[0], witnessBound(edge))).toBe(ACCUMULATOR_LIMIT - 1n);
    accepted(edge);
    refused(withSegment({ linear, products: [], constant: -(2 ** 31) }), /can wrap/);
  });

  test("of products count both sides", () => {
    const [{ left, right }] = dense.products;
    const grown = (log2: number): Circuit => {
      const side = left.map((term) => ({ ...term, axes: [...term.axes, ...repeated(1, log2).axes] }));
      return withSegment({ products: [{ bits: 2, left: side, right }] });
    };
    // 3·20·2^log2 on the left, 6·2^31 on the right, and the bias, 2·2^31.
    expect(accumulatorBound(grown(210).segments[0], witnessBound(tiny))).toBe(360n * 2n ** 241n + 2n ** 32n);
    accepted(grown(210));
    refused(grown(211), /can wrap/);
  });

  test("that are 1 modulo r and more than r as integers are refused", () => {
    const digits = Array.from({ length: 6 }, (_, k) => Number(((R + 1n) >> BigInt(49 * k)) % 2n ** 49n));
    const input = tiny.inputs[0].start;
    const linear = digits.map((digit, k) => repeated(digit, 49 * k, { source: "y", base: input }));
    const weight = linear.reduce((sum, { coef, axes }) => {
      const term = {
        column: { kind: "witness", index: 0 },
        offset: 0,
        coef: mod(BigInt(coef)),
        tauPower: 0,
        axes,
      } as const;
      return sum + weightAt(term, { tau: 5n, u: [] }, 7n);
    }, 0n);
    expect(mod(weight), "a verifier takes the sum for the cell itself").toBe(1n);
    refused(withSegment({ linear, products: [] }), /can wrap/);
  });

  test.each([tiny, mixedCircuit(), memoryCircuit()])("of $name stay within their bounds", (circuit) => {
    const random = numbers(SEED);
    const plan = planCircuit(circuit);
    const bounds = circuit.segments.map((segment) => accumulatorBound(segment, witnessBound(circuit)));
    for (let run = 0; run < 20; run++) {
      const input = circuit.inputs.map(({ count, isIndex, table }) => {
        const { hi } = circuit.tables[table];
        return Array.from({ length: count }, () => (isIndex ? 0 : random(0, Math.min(hi, 4))));
      });
      const { q, rem } = computeWitness(plan, input);
      circuit.segments.forEach(({ start, count }, s) => {
        for (let row = start; row < start + count; row++) {
          const acc = BigInt(2 ** circuit.shiftBits * q[row] + rem[row] - 2 ** (circuit.shiftBits - 1));
          expect((acc < 0n ? -acc : acc) <= bounds[s], `seed ${SEED}, row ${row}`).toBe(true);
        }
      });
    }
  });
});

describe("tables", () => {
  const [least, most] = [-(2 ** 31), 2 ** 31 - 1];
  test.each<[string, Partial<Table>]>([
    ["the largest cell", { lo: most, hi: most }],
    ["the least cell", { lo: least, hi: least }],
    ["the largest value", { breaks: [{ at: 0, level: most, slope: 0 }] }],
    ["the least value", { breaks: [{ at: 0, level: least, slope: 0 }] }],
    ["values outside the domain", { breaks: [{ at: 1, level: most + 1, slope: 0 }] }],
  ])("%s is accepted", (_name, table) => accepted(withTable(table)));

  test.each<[string, Partial<Table>]>([
    ["one above the largest cell", { lo: most + 1, hi: most + 1 }],
    ["one below the least cell", { lo: least - 1, hi: least - 1 }],
    ["one above the largest value", { breaks: [{ at: 0, level: most + 1, slope: 0 }] }],
    ["one below the least value", { breaks: [{ at: 0, level: least - 1, slope: 0 }] }],
    [
      "a value just before a break",
      {
        hi: 9,
        breaks: [
          { at: 0, level: 0, slope: 2 ** 29 },
          { at: 6, level: -5 * 2 ** 29, slope: -(2 ** 29) },
        ],
      },
    ],
    ["half a value", { breaks: [{ at: 0, level: 0.5, slope: 0 }] }],
    ["a value beyond all doubles' integers", { breaks: [{ at: 0, level: 2 ** 200, slope: 0 }] }],
  ])("%s is refused", (_name, table) => refused(withTable(table), /table other|no integer/));

  test("a quotient of 2^52 / 2^shiftBits is accepted, the next refused", () => {
    const wide = { ...mixedCircuit({ logRows: 24 }), shiftBits: 22 };
    const withQuotient = (q: number): Circuit => ({
      ...wide,
      tables: [...wide.tables, { name: "other", lo: q, hi: q, breaks: [] }],
    });
    accepted(withQuotient(2 ** 30));
    refused(withQuotient(2 ** 30 + 1), /not exact/);
    refused(withQuotient(-(2 ** 30) - 1), /not exact/);
  });
});

describe("boxes", () => {
  const axis: PlainAxis = { kind: "plain", n: 2, cell: 1, row: 0 };
  const withAxis = (change: Partial<PlainAxis>): Circuit =>
    withSegment({
      linear: [{ source: "fixed", base: 0, rowBase: dense.start, coef: 1, axes: [{ ...axis, ...change }] }],
    });
  test("of an honest linear term are accepted", () => accepted(withAxis({})));
  test.each<[string, Partial<PlainAxis>, RegExp]>([
    ["no elements", { n: 0 }, /has no size/],
    ["fewer than none", { n: -2 }, /has no size/],
    ["more elements than rows", { n: 2 ** 7 + 1, cell: 0 }, /has no size/],
    ["half an element", { n: 1.5 }, /no integer/],
    ["no number of elements", { n: Number.NaN }, /no integer/],
    ["half a cell as stride", { cell: 0.5 }, /no integer/],
    ["a variable in a linear term", { vars: { first: 0, count: 1 } }, /has variables/],
  ])("with %s are refused", (_name, change, message) => refused(withAxis(change), message));
});
