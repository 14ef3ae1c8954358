/** Proves all claims at once: the prover of `core/opening.ts`. */
import type { Claim } from "../core/claims.ts";
import { pointWords } from "../core/curve.ts";
import { inv, mul, sub } from "../core/field.ts";
import { batchedValue, type OpeningPoint } from "../core/opening.ts";
import type { ColumnId, WeightPoint } from "../core/weights.ts";
import type { Addend, Engine, FrVec, IntVec, PointVec } from "../kernels/engine.ts";
import { laurentQuotient, laurentSteps, type WeightedColumn } from "./laurent.ts";
import type { ProverMessages } from "./messages.ts";
import { columnTerms, weightsAt } from "./weights.ts";

/** A committed column: field elements, or the fixed integers. The length is a power of two. */
export interface OpenedColumn {
  readonly id: ColumnId;
  readonly values: FrVec | IntVec;
  /** `columnTransform` of the values, where it is kept. */
  readonly transform?: readonly FrVec[];
}

/** The Laurent quotient, the batched quotient, the opening point. */
const COMMITMENTS = 3;

/**
 * Words behind the last challenge: the inverse and the opening point. `onStep` is called after each product and each commitment. What was
 * allocated since `mark`, the columns included, is freed when nothing of it is read any more.
 */
export function proveOpening(
  engine: Engine,
  mark: number,
  points: PointVec,
  opened: readonly OpenedColumn[],
  claims: readonly Claim[],
  point: WeightPoint,
  messages: ProverMessages,
  selfCheck: boolean,
  onStep: (done: number, total: number) => void,
): bigint[] {
  const gamma = messages.squeeze("gamma");
  const columns = opened.map((column): WeightedColumn => {
    return { ...column, length: column.values.length, terms: columnTerms(claims, column.id, gamma) };
  });
  const total = laurentSteps(columns, 2 ** point.u.length) + COMMITMENTS;
  let done = 0;
  const step = (): void => onStep(++done, total);
  const value = selfCheck ? batchedValue(claims, gamma) : undefined;
  const quotient = laurentQuotient(engine, columns, point, value, step);
  messages.send("laurent", pointWords(engine.msm(points, quotient)));
  step();

  const z = messages.squeeze("z");
  const inverseHint = inv(mul(z, sub(mul(z, z), 1n)));
  const zInverse = mul(inverseHint, sub(mul(z, z), 1n));
  const atZ = combination(engine, columns, point, zInverse);
  const atInverse = combination(engine, columns, point, z);
  const values = [engine.evaluate(atZ, z), engine.evaluate(atInverse, zInverse), engine.evaluate(quotient, z)];
  messages.send("openings", values);

  const delta = messages.squeeze("delta");
  closingQuotients(engine, { quotient, atZ, atInverse }, { z, inverse: zInverse }, delta);
  const [single, batch] = engine.settle(mark, [quotient, atZ]);
  messages.send("batch", pointWords(engine.msm(points, batch)));
  step();

  const zeta = messages.squeeze("zeta");
  engine.linear(single, 0n, [
    { scale: 1n, source: single },
    { scale: sub(zeta, z), source: batch },
  ]);
  const opening = pointWords(engine.msm(points, single));
  step();
  return [inverseHint, ...opening];
}

/** sum_f W_f(x)·f */
function combination(engine: Engine, columns: readonly WeightedColumn[], point: WeightPoint, x: bigint): FrVec {
  const result = engine.frVec(Math.max(...columns.map(({ length }) => length)), true);
  const byLength = new Map<number, Addend[]>();
  for (const { values, terms } of columns) {
    const addends = byLength.get(values.length) ?? [];
    addends.push({ scale: weightsAt(terms, point, x), source: values });
    byLength.set(values.length, addends);
  }
  for (const [length, addends] of byLength) {
    const target = engine.slice(result, 0, length);
    engine.linear(target, 0n, [{ scale: 1n, source: target }, ...addends]);
  }
  return result;
}

/**
 * With U = (h - h(z) + delta (z - 1/z)(P1 - S1))/(X - z), in place of h:
 *
 *     q = (U - U(1/z) + delta (P1 - P1(1/z)) + delta^2 (P2 - P2(1/z)))/(X - 1/z)        in place of P1
 *     pi = L/(X - zeta) = U + (zeta - z) q
 *
 * since (P1 - S1)/(X - z) = (P1 - S1 + (z - 1/z)(P1 - S1)/(X - z))/(X - 1/z). Constant coefficients fall out of the divisions.
 */
function closingQuotients(
  engine: Engine,
  { quotient, atZ, atInverse }: Readonly<Record<"quotient" | "atZ" | "atInverse", FrVec>>,
  { z, inverse }: OpeningPoint,
  delta: bigint,
): void {
  engine.linear(quotient, 0n, [
    { scale: 1n, source: quotient },
    { scale: mul(delta, sub(z, inverse)), source: atZ },
  ]);
  engine.divideLinear(quotient, z);
  engine.linear(atZ, 0n, [
    { scale: 1n, source: quotient },
    { scale: delta, source: atZ },
    { scale: mul(delta, delta), source: atInverse },
  ]);
  engine.divideLinear(atZ, inverse);
}
