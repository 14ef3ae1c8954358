/** Fast axis formulas against the pair-by-pair sums of `core/weights.ts`, on random boxes. */
import { describe, expect, test } from "vitest";
import { R } from "../../../core/field.ts";
import { type WeightAxis, type WeightTerm, weightAt } from "../../../core/weights.ts";
import { symbolicTerm, termSum } from "../../../verifier-gen/emit/terms.ts";
import { createSymbols } from "../../../verifier-gen/symbols.ts";
import { numbers, tinyCircuit } from "../../support/circuits.ts";
import { evaluate, fieldElements, memoryWords, randomRun } from "../evaluate.ts";

const SEED = 20261;
const CASES = 150;
const COLUMN = { kind: "witness", index: 0 } as const;

type Draw = (lo: number, hi: number) => number;

function randomAxis(draw: Draw): WeightAxis {
  const count = draw(0, 5);
  const vars = { first: draw(0, 7 - count), count };
  const withVars = draw(0, 2) > 0;
  const cell = draw(0, 12);
  const row = draw(0, 3) === 0 ? 0 : draw(1, 30);
  if (draw(0, 2) > 0) {
    // Lengths 1, 2^count - 1 and 2^count are where ranges end.
    const n = withVars ? [1, 2 ** count, Math.max(1, 2 ** count - 1), draw(1, 2 ** count)][draw(0, 3)] : draw(1, 70);
    if (withVars && draw(0, 3) === 0) {
      const first = draw(0, 2 ** count - 1);
      return { kind: "plain", n: draw(1, 2 ** count - first), cell, row: 0, first, vars };
    }
    const base = draw(0, 3) === 0 ? { base: BigInt(draw(2, 1000)) } : {};
    return { kind: "plain", n, cell, row, ...base, ...(withVars ? { vars } : {}) };
  }
  const kernelN = withVars ? draw(1, 2 ** count) : draw(1, 6);
  const shape = {
    outN: draw(1, 9),
    kernelN,
    stride: draw(1, 3),
    dilation: draw(1, 3),
    pad: draw(0, 5),
    inputN: draw(1, 14),
  };
  return { kind: "window", ...shape, cell, row, ...(withVars ? { vars } : {}) };
}

function randomTerm(draw: Draw, axes: readonly WeightAxis[]): WeightTerm {
  return { column: COLUMN, offset: draw(0, 5000), coef: BigInt(draw(1, 1e6)), tauPower: draw(0, 3000), axes };
}

describe(`random boxes, seed ${SEED}`, () => {
  const circuit = tinyCircuit();
  const run = randomRun(circuit, 3n);
  const words = memoryWords(run, []);
  const x = fieldElements(17n)();

  test(`${CASES} single axes`, () => {
    const draw = numbers(SEED);
    for (let i = 0; i < CASES; i++) {
      const term = randomTerm(draw, [randomAxis(draw)]);
      const symbols = createSymbols(circuit);
      const node = termSum(symbols, [symbolicTerm(symbols, term, [])]);
      expect(evaluate(node, words, run.challenges.tau, x), show(term)).toBe(weightAt(term, run.challenges, x));
    }
  });

  test("sums of terms that share axes and scales", () => {
    const draw = numbers(SEED + 1);
    for (let i = 0; i < 20; i++) {
      const pool = Array.from({ length: 4 }, () => randomAxis(draw));
      const pick = (): WeightAxis[] => Array.from({ length: draw(0, 3) }, () => pool[draw(0, pool.length - 1)]);
      const terms = Array.from({ length: draw(1, 12) }, () => randomTerm(draw, pick()));
      const symbols = createSymbols(circuit);
      const scale = (k: number) => symbols.message("OPERANDS_MPTR", k);
      const operands = [run.messages.q, run.messages.y, run.messages.m];
      const scaledWords = new Map(words);
      operands.forEach((value, k) => scaledWords.set(pointer(k), value));
      const scales = terms.map(() => draw(0, 2));
      const node = termSum(
        symbols,
        terms.map((term, t) => symbolicTerm(symbols, term, [scale(scales[t])])),
      );
      const expected = terms.reduce(
        (sum, term, t) => sum + operands[scales[t]] * weightAt(term, run.challenges, x),
        0n,
      );
      expect(evaluate(node, scaledWords, run.challenges.tau, x)).toBe(expected % R);
    }
  });
});

function pointer(k: number): string {
  return k === 0 ? "OPERANDS_MPTR" : `add(OPERANDS_MPTR, 0x${(32 * k).toString(16)})`;
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item));
}
