/**
 * Proves all claims at once: the prover of `core/opening.ts`.
 *
 * D is a sum over columns, so columns of one length share an inverse transform, of twice their length; the coefficients of
 * shorter columns are added to those of longer ones.
 */
import type { Claim } from "../core/claims.ts";
import { pointWords } from "../core/curve.ts";
import { add, inv, mul, sub } from "../core/field.ts";
import { batchedValue } from "../core/opening.ts";
import type { ColumnId } from "../core/weights.ts";
import type { Addend, Engine, FrVec, IntVec, PointVec } from "../kernels/engine.ts";
import { InconsistentWitnessError } from "./errors.ts";
import type { ProverMessages } from "./messages.ts";
import { factoredTransform, groupByInner, type InnerGroup, type TermColumn, termsTransform } from "./weight-factors.ts";
import { columnTerms, type WeightTables, weightsAt } from "./weights.ts";

/** A committed column: field elements, or the fixed integers. The length is a power of two. */
export interface OpenedColumn {
  readonly id: ColumnId;
  readonly values: FrVec | IntVec;
  /** `columnTransform` of the values, where it is kept. */
  readonly transform?: FrVec;
}

interface WeightedColumn extends OpenedColumn, TermColumn {}

interface Weighted {
  readonly columns: readonly WeightedColumn[];
  /** Columns of no group. */
  readonly written: readonly WeightedColumn[];
  readonly groups: readonly InnerGroup<WeightedColumn>[];
  readonly tables: WeightTables;
}

/** The Laurent quotient, the batched quotient, the opening point. */
const COMMITMENTS = 3;

/** Words behind the last challenge: the inverse and the opening point. `onStep` is called after each product and each commitment. */
export function proveOpening(
  engine: Engine,
  points: PointVec,
  columns: readonly OpenedColumn[],
  claims: readonly Claim[],
  tables: WeightTables,
  messages: ProverMessages,
  selfCheck: boolean,
  onStep: (done: number, total: number) => void,
): bigint[] {
  const gamma = messages.squeeze("gamma");
  const weighted = weigh(columns, claims, gamma, tables);
  const products = weighted.groups.reduce((sum, group) => sum + group.columns.size, weighted.written.length);
  let done = 0;
  const step = (): void => onStep(++done, products + COMMITMENTS);
  const quotient = laurentQuotient(engine, weighted, selfCheck ? batchedValue(claims, gamma) : undefined, step);
  messages.send("laurent", pointWords(engine.msm(points, quotient)));
  step();

  const z = messages.squeeze("z");
  const inverseHint = inv(mul(z, sub(mul(z, z), 1n)));
  const zInverse = mul(inverseHint, sub(mul(z, z), 1n));
  const atZ = combination(engine, weighted, zInverse);
  const atInverse = combination(engine, weighted, z);
  const values = [engine.evaluate(atZ, z), engine.evaluate(atInverse, zInverse), engine.evaluate(quotient, z)];
  messages.send("openings", values);

  const delta = messages.squeeze("delta");
  const batch = batchQuotient(engine, atZ, atInverse, quotient, z, zInverse, delta);
  messages.send("batch", pointWords(engine.msm(points, batch)));
  step();

  const zeta = messages.squeeze("zeta");
  const fromZ = sub(zeta, z);
  const fromInverse = sub(zeta, zInverse);
  const combined = engine.frVec(batch.length);
  engine.linear(combined, 0n, [
    { scale: 1n, source: quotient },
    { scale: mul(delta, fromInverse), source: atZ },
    { scale: mul(mul(delta, delta), fromZ), source: atInverse },
    { scale: sub(0n, mul(fromZ, fromInverse)), source: batch },
  ]);
  engine.divideLinear(combined, zeta);
  const opening = pointWords(engine.msm(points, combined));
  step();
  return [inverseHint, ...opening];
}

function weigh(
  columns: readonly OpenedColumn[],
  claims: readonly Claim[],
  gamma: bigint,
  tables: WeightTables,
): Weighted {
  const weighted = columns.map((column) => {
    return { ...column, length: column.values.length, terms: columnTerms(claims, column.id, gamma) };
  });
  const groups = groupByInner(weighted);
  const factored = new Set(groups.flatMap((group) => [...group.columns.keys()]));
  return { columns: weighted, written: weighted.filter((column) => !factored.has(column)), groups, tables };
}

function longestOf(columns: readonly OpenedColumn[]): number {
  return Math.max(...columns.map(({ values }) => values.length));
}

/** h with D(X) = X h(X) + X^-1 h(1/X); checks that D has no constant coefficient if the batched value is given. Top coefficient 0. */
function laurentQuotient(engine: Engine, weighted: Weighted, value: bigint | undefined, step: () => void): FrVec {
  const { columns, written, groups, tables } = weighted;
  const longest = longestOf(columns);
  const sum = engine.frVec(longest, true);
  for (const length of new Set(columns.map(({ values }) => values.length))) {
    const groupMark = engine.mark();
    const product = engine.frVec(2 * length, true);
    const multiply = ({ values, transform }: OpenedColumn, weights: FrVec): void => {
      engine.laurentMulAdd(product, transform ?? columnTransform(engine, values), weights);
      step();
    };
    for (const column of written.filter((column) => column.length === length)) {
      const columnMark = engine.mark();
      multiply(column, termsTransform(engine, column.terms, 2 * length, tables));
      engine.release(columnMark);
    }
    for (const group of groups.filter((group) => group.length === length)) {
      const innerMark = engine.mark();
      const inner = termsTransform(engine, [{ term: group.inner, scale: 1n }], 2 * length, tables);
      for (const [column, outers] of group.columns) {
        const columnMark = engine.mark();
        multiply(column, factoredTransform(engine, inner, outers, group.period, tables));
        engine.release(columnMark);
      }
      engine.release(innerMark);
    }
    engine.ntt(product, true);
    const target = engine.slice(sum, 0, length);
    engine.add(target, target, engine.slice(product, 0, length));
    engine.release(groupMark);
  }
  if (value !== undefined && engine.read(sum, 0, 1)[0] !== add(value, value)) {
    throw new InconsistentWitnessError("the claims do not hold for the witness", {
      expected: "inner products equal to the claimed values",
      got: "a different sum",
      remedy: "run `gavel witness --check` on the input; if it passes, report a bug",
    });
  }
  // D / X without its constant coefficient: coefficient k - 1 of h is coefficient k of D, and coefficient longest of D is 0.
  engine.divideLinear(sum, 0n);
  return sum;
}

/** The column, zeros up to twice its length, transformed. */
export function columnTransform(engine: Engine, source: FrVec | IntVec): FrVec {
  const { length } = source;
  const vector = engine.frVec(2 * length);
  const head = engine.slice(vector, 0, length);
  if (source.kind === "int") engine.fromInts(head, source);
  else engine.copy(head, source);
  engine.fill(engine.slice(vector, length, length), 0n);
  engine.ntt(vector);
  return vector;
}

/** sum_f W_f(x)·f */
function combination(engine: Engine, { columns, tables }: Weighted, x: bigint): FrVec {
  const result = engine.frVec(longestOf(columns), true);
  const byLength = new Map<number, Addend[]>();
  for (const { values, terms } of columns) {
    const addends = byLength.get(values.length) ?? [];
    addends.push({ scale: weightsAt(terms, tables, x), source: values });
    byLength.set(values.length, addends);
  }
  for (const [length, addends] of byLength) {
    const target = engine.slice(result, 0, length);
    engine.linear(target, 0n, [{ scale: 1n, source: target }, ...addends]);
  }
  return result;
}

/** q = (h - R_h)/((X - z)(X - 1/z)) + delta (P1 - S1)/(X - z) + delta^2 (P2 - S2)/(X - 1/z) */
function batchQuotient(
  engine: Engine,
  atZ: FrVec,
  atInverse: FrVec,
  quotient: FrVec,
  z: bigint,
  zInverse: bigint,
  delta: bigint,
): FrVec {
  const divided = (source: FrVec, ...roots: bigint[]): FrVec => {
    const copy = engine.frVec(source.length);
    engine.copy(copy, source);
    for (const root of roots) engine.divideLinear(copy, root);
    return copy;
  };
  const result = engine.frVec(atZ.length);
  const mark = engine.mark();
  engine.linear(result, 0n, [
    { scale: 1n, source: divided(quotient, z, zInverse) },
    { scale: delta, source: divided(atZ, z) },
    { scale: mul(delta, delta), source: divided(atInverse, zInverse) },
  ]);
  engine.release(mark);
  return result;
}
