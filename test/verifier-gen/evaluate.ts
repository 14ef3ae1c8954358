/** Evaluates the generator's expressions with bigints, and the same values from `core/`. */

import type { Circuit } from "../../core/circuit.ts";
import { type Challenges, claimsOf, type Messages } from "../../core/claims.ts";
import { add, inv, mod, mul, pow, R, sub } from "../../core/field.ts";
import { circuitProducts, isWitnessProduct, layoutOf } from "../../core/layout.ts";
import { hasCommittedValues } from "../../core/lookup.ts";
import { batchedValue, openedColumns, sameColumn } from "../../core/opening.ts";
import { type Statement, statementLength } from "../../core/statement.ts";
import { weightAt } from "../../core/weights.ts";
import type { Node } from "../../verifier-gen/graph/expression.ts";
import { wordAt } from "../../verifier-gen/layout.ts";

/** Deterministic field elements: splitmix64 words. */
export function fieldElements(seed: bigint): () => bigint {
  let state = seed;
  const word = (): bigint => {
    state = (state + 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & 0xffffffffffffffffn;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & 0xffffffffffffffffn;
    return z ^ (z >> 31n);
  };
  return () => mod((word() << 192n) | (word() << 128n) | (word() << 64n) | word());
}

export interface RandomRun {
  readonly challenges: Challenges;
  readonly messages: Messages;
  readonly statement: Statement;
  readonly gamma: bigint;
}

/** Challenges and messages without a proof behind them: what the formulas must agree on. */
export function randomRun(circuit: Circuit, seed: bigint): RandomRun {
  const next = fieldElements(seed);
  const { logRows } = layoutOf(circuit);
  const list = (n: number): bigint[] => Array.from({ length: n }, next);
  const bytes = (n: number): Uint8Array => Uint8Array.from({ length: n }, () => Number(next() & 0xffn));
  const operands = circuitProducts(circuit).reduce((sum, product) => sum + (isWitnessProduct(product) ? 2 : 1), 0);
  return {
    challenges: { alpha: next(), beta: next(), tau: next(), w: list(logRows), u: list(logRows) },
    messages: {
      sum: next(),
      zeroCheckClaim: next(),
      productClaim: next(),
      q: next(),
      y: next(),
      rem: next(),
      m: next(),
      h: next(),
      table: hasCommittedValues(circuit) ? next() : 0n,
      operands: list(operands),
    },
    statement: {
      input: bytes(statementLength(circuit.inputs)),
      output: bytes(statementLength(circuit.outputs)),
      context: bytes(32),
    },
    gamma: next(),
  };
}

/** Y, and W_f(x) by opened column, from `core/`. */
export function expectedValues(
  circuit: Circuit,
  { challenges, messages, statement, gamma }: RandomRun,
  x: bigint,
): { value: bigint; weights: bigint[]; publicValues: bigint[] } {
  const claims = claimsOf(circuit, challenges, messages, statement);
  const weights = openedColumns(circuit).map((column) => {
    let power = 1n;
    let total = 0n;
    for (const claim of claims) {
      for (const term of claim.terms)
        if (sameColumn(term.column, column)) total = add(total, mul(power, weightAt(term, challenges, x)));
      power = mul(power, gamma);
    }
    return total;
  });
  const tensors = circuit.inputs.length + circuit.outputs.length;
  return {
    value: batchedValue(claims, gamma),
    weights,
    publicValues: claims.slice(claims.length - tensors).map((claim) => claim.value),
  };
}

/** Words of the generated verifier's memory, by pointer. */
export function memoryWords(run: RandomRun, publicValues: readonly bigint[]): Map<string, bigint> {
  const { challenges, messages, gamma } = run;
  const words = new Map<string, bigint>([
    ["ALPHA_MPTR", challenges.alpha],
    ["BETA_MPTR", challenges.beta],
    ["TAU_MPTR", challenges.tau],
    ["GAMMA_MPTR", gamma],
    ["SUM_MPTR", messages.sum],
    ["ZERO_CHECK_CLAIM_MPTR", messages.zeroCheckClaim],
    ["PRODUCT_CLAIM_MPTR", messages.productClaim],
    ["Q_MPTR", messages.q],
    ["Y_MPTR", messages.y],
    ["REM_MPTR", messages.rem],
    ["M_MPTR", messages.m],
    ["H_MPTR", messages.h],
    ["TABLE_MPTR", messages.table],
  ]);
  challenges.w.forEach((value, k) => words.set(wordAt("W_MPTR", k), value));
  challenges.u.forEach((value, k) => words.set(wordAt("U_MPTR", k), value));
  messages.operands.forEach((value, i) => words.set(wordAt("OPERANDS_MPTR", i), value));
  publicValues.forEach((value, i) => words.set(wordAt("PUBLIC_MPTR", i), value));
  return words;
}

/** Value of an expression; `words` holds every loaded word that is not a power of x. */
export function evaluate(node: Node, words: ReadonlyMap<string, bigint>, tau: bigint, x: bigint): bigint {
  const known = new Map<Node, bigint>();
  const inverse = inv(x);
  const visit = (current: Node): bigint => {
    const seen = known.get(current);
    if (seen !== undefined) return seen;
    const value = compute(current);
    known.set(current, value);
    return value;
  };
  const compute = (current: Node): bigint => {
    if (current.kind === "constant") return current.value;
    if (current.kind === "monomial")
      return mul(pow(tau, current.tau), pow(current.point < 0 ? inverse : x, Math.abs(current.point)));
    if (current.kind === "load") {
      if (current.pointer === wordAt("POINT_MPTR", 1)) return inv(sub(x, 1n));
      const word = words.get(current.pointer);
      if (word === undefined) throw new Error(`no word at ${current.pointer}`);
      return word;
    }
    const left = visit(current.left);
    if (current.kind === "reduce") return left % R;
    const right = visit(current.right);
    if (current.kind === "multiply") return mul(left, right);
    return current.kind === "subtract" ? sub(left, right) : add(left, right);
  };
  return visit(node);
}
