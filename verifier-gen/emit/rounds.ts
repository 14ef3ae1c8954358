/**
 * The rounds of both sumchecks (`core/schedule.ts`), variable n-1 first.
 *
 *     zero-check   a_0 = claim - w_v (a_1 + .. + a_4);            claim' = a_0 + a_1 u + .. + a_4 u^4
 *     product      p_1 = claim - 2 p_0 - p_2;  for v < b          claim' = p_0 + p_1 u + p_2 u^2
 *
 * Sums of up to five canonical words do not overflow; what a word at or above r would make of them does not matter, since `canonical`
 * then ends the call. Unrolled rounds cost 50 gas less each than a loop and 170 bytes more.
 */
import { R } from "../../core/field.ts";
import { PRODUCT_DEGREE, ZERO_CHECK_DEGREE } from "../../core/layout.ts";
import { hex, wordAt } from "../layout.ts";
import type { Symbols } from "../symbols.ts";

/** w_k = omega^(2^k) behind omega. */
export function zeroCheckPointCode({ layout }: Symbols): string[] {
  const squares = Array.from({ length: layout.logRows - 1 }, (_, k) => [
    "square := mulmod(square, square, r)",
    `mstore(${wordAt("W_MPTR", k + 1)}, square)`,
  ]);
  return ["let square := mload(W_MPTR)", ...squares.flat()];
}

/**
 * Yul variables in scope: state, word, canonical, r. The first state is written over the word `sum`, which is put back. In a loop,
 * `message` is the word before the next message and `point` the address of u_v; w_v stands W_TO_U bytes below it.
 */
export function roundsCode({ layout }: Symbols, unroll: boolean): string[] {
  const { logRows, productBits } = layout;
  const before = ["let claim := 0", "let sum := mload(SUM_MPTR)", "word := sum"];
  const after = ["mstore(ZERO_CHECK_CLAIM_MPTR, claim)", "mstore(PRODUCT_CLAIM_MPTR, sum)", "mstore(SUM_MPTR, word)"];
  return [...before, ...(unroll ? unrolled(logRows, productBits) : loops(logRows, productBits)), ...after];
}

export function roundWords(withProduct: boolean): number {
  return ZERO_CHECK_DEGREE + (withProduct ? PRODUCT_DEGREE : 0);
}

function unrolled(logRows: number, productBits: number): string[] {
  const lines: string[] = [];
  let first = 0;
  for (let v = logRows - 1; v >= 0; v--) {
    const withProduct = v < productBits;
    const start = first;
    const message = start === 0 ? "sub(ROUNDS_MPTR, 0x20)" : wordAt("ROUNDS_MPTR", start - 1);
    lines.push(
      `// variable ${v}`,
      "{",
      ...round(message, wordAt("U_MPTR", v), wordAt("W_MPTR", v), withProduct, (i) => wordAt("ROUNDS_MPTR", start + i)),
      "}",
    );
    first += roundWords(withProduct);
  }
  return lines;
}

function loops(logRows: number, productBits: number): string[] {
  const loop = (last: number, withProduct: boolean): string[] => [
    `for { let end := sub(${wordAt("U_MPTR", last)}, 0x20) } gt(point, end) { point := sub(point, 0x20) } {`,
    ...round("message", "point", "sub(point, W_TO_U)", withProduct, (i) => `add(message, ${hex(32 * (i + 1))})`),
    `message := add(message, ${hex(32 * roundWords(withProduct))})`,
    "}",
  ];
  return [
    "let message := sub(ROUNDS_MPTR, 0x20)",
    `let point := ${wordAt("U_MPTR", logRows - 1)}`,
    ...(logRows > productBits ? loop(productBits, false) : []),
    ...(productBits > 0 ? loop(0, true) : []),
  ];
}

/** One round as statements; `message` is the word before it, `word(i)` its words. */
export function round(
  message: string,
  point: string,
  weight: string,
  withProduct: boolean,
  word: (i: number) => string,
): string[] {
  return [
    `mstore(${message}, state)`,
    `state := keccak256(${message}, ${hex(32 * (roundWords(withProduct) + 1))})`,
    "let u := and(state, CHALLENGE_MASK)",
    `mstore(${point}, u)`,
    "{",
    ...[1, 2, 3, 4].map((k) => `let a${k} := mload(${word(k - 1)})`),
    "canonical := and(canonical, and(and(lt(a1, r), lt(a2, r)), and(lt(a3, r), lt(a4, r))))",
    `claim := add(claim, sub(r, mulmod(mload(${weight}), add(add(a1, a2), add(a3, a4)), r)))`,
    "a4 := mulmod(u, add(a3, mulmod(u, a4, r)), r)",
    "claim := addmod(claim, mulmod(u, add(a1, mulmod(u, add(a2, a4), r)), r), r)",
    "}",
    ...(withProduct
      ? [
          "{",
          `let p0 := mload(${word(ZERO_CHECK_DEGREE)})`,
          `let p2 := mload(${word(ZERO_CHECK_DEGREE + 1)})`,
          "canonical := and(canonical, and(lt(p0, r), lt(p2, r)))",
          `let p1 := add(sum, sub(${hex3r}, add(add(p0, p0), p2)))`,
          "sum := addmod(p0, mulmod(u, add(p1, mulmod(u, p2, r)), r), r)",
          "}",
        ]
      : []),
  ];
}

/** 3r, so that p_1 + 3r is not negative. */
const hex3r = `0x${(3n * R).toString(16)}`;
