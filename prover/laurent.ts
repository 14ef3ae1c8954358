/**
 * The Laurent quotient h of `core/opening.ts`: D(X) = X h(X) + X^-1 h(1/X), D a sum over columns f with weights W of
 * f(X) W(1/X) + f(1/X) W(X).
 *
 * D is invariant under inversion, so half of its values determine it, and columns of one length share them: those on coset a take the
 * values of f and W there and on the opposite coset (`cosets.ts`). Coefficients of shorter columns are added to those of longer ones.
 */
import { add } from "../core/field.ts";
import type { WeightPoint } from "../core/weights.ts";
import type { Engine, FrVec, IntVec } from "../kernels/engine.ts";
import { type Cosets, cosetsOf, cosetValues, powerCosets, symmetricCoefficients } from "./cosets.ts";
import { InconsistentWitnessError } from "./errors.ts";
import { groupByInner, type InnerGroup, type TermColumn } from "./weight-factors.ts";
import { addTerms, endOf, type ScaledTerm, weightTables } from "./weights.ts";

export interface WeightedColumn extends TermColumn {
  readonly values: FrVec | IntVec;
  /** `columnTransform` of the values, where it is kept. */
  readonly transform?: readonly FrVec[];
}

/** How the columns of one length are multiplied: on coset `left` of the values and the opposite one of the weights, and the reverse. */
interface Products {
  readonly cosets: Cosets;
  /** D on the first half of the cosets. */
  readonly sums: readonly FrVec[];
  /** Called after the product of a column on one coset. */
  readonly step: () => void;
}

type Group = InnerGroup<WeightedColumn>;

/** Columns of a group whose outer factors are held at once: together as long as a column. */
export const columnsAtOnce = ({ unit }: Pick<Group, "unit">): number => unit;

/** Calls of `onStep` that `laurentQuotient` makes. */
export function laurentSteps(columns: readonly WeightedColumn[], rows: number): number {
  return plan(columns).reduce((sum, { length, written, groups }) => {
    const products = groups.reduce((count, group) => count + group.columns.size, written.length);
    return sum + products * cosetsOf(length, rows).shifts.length;
  }, 0);
}

/** What is opened, by length, the longest first. */
function plan(columns: readonly WeightedColumn[]) {
  const groups = groupByInner(columns);
  const factored = new Set(groups.flatMap((group) => [...group.columns.keys()]));
  const lengths = [...new Set(columns.map(({ length }) => length))].sort((a, b) => b - a);
  return lengths.map((length) => ({
    length,
    /** Columns of no group. */
    written: columns.filter((column) => column.length === length && !factored.has(column)),
    groups: groups.filter((group) => group.length === length),
  }));
}

/** h, top coefficient 0; checks that D has the constant coefficient 2·value if the batched value is given. */
export function laurentQuotient(
  engine: Engine,
  columns: readonly WeightedColumn[],
  point: WeightPoint,
  value: bigint | undefined,
  onStep: () => void,
): FrVec {
  const rows = 2 ** point.u.length;
  const [{ length: longest }] = plan(columns);
  const sum = engine.frVec(longest, true);
  for (const { length, written, groups } of plan(columns)) {
    const mark = engine.mark();
    const cosets = cosetsOf(length, rows);
    // The longest columns come first: while their products are added up, nothing else is in the sum.
    const sums = Array.from({ length: cosets.shifts.length / 2 }, (_, a) => {
      if (length < longest) return engine.frVec(cosets.size, true);
      return engine.slice(sum, a * cosets.size, cosets.size);
    });
    const products: Products = { cosets, sums, step: onStep };
    for (const column of written) addWritten(engine, products, column, point);
    for (const group of groups) addGroup(engine, products, group, point);
    const coefficients = symmetricCoefficients(engine, sums, cosets);
    if (length === longest) engine.copy(sum, coefficients);
    else {
      const target = engine.slice(sum, 0, length);
      engine.add(target, target, coefficients);
    }
    engine.release(mark);
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

/** The column's values on every coset. */
export function columnTransform(engine: Engine, values: FrVec | IntVec, rows: number): FrVec[] {
  const cosets = cosetsOf(values.length, rows);
  return cosets.shifts.map((_, coset) => cosetValues(engine, values, cosets, coset));
}

/** The cells of each list of terms, written out; the tables for that are freed. */
function writeTerms(
  engine: Engine,
  point: WeightPoint,
  lists: readonly { readonly terms: readonly ScaledTerm[]; readonly length: number }[],
): FrVec[] {
  const vectors = lists.map(({ length }) => engine.frVec(length, true));
  const mark = engine.mark();
  const tables = weightTables(
    engine,
    point,
    lists.flatMap(({ terms }) => terms),
  );
  lists.forEach(({ terms }, index) => {
    addTerms(engine, vectors[index], terms, tables);
  });
  engine.release(mark);
  return vectors;
}

/** A column whose weights are written out whole. */
function addWritten(engine: Engine, products: Products, column: WeightedColumn, point: WeightPoint): void {
  const mark = engine.mark();
  const [weights] = writeTerms(engine, point, [{ terms: column.terms, length: column.length }]);
  products.cosets.shifts.forEach((_, coset) => {
    addProduct(engine, products, column, coset, (opposite) => cosetValues(engine, weights, products.cosets, opposite));
  });
  engine.release(mark);
}

/** Columns whose weights share a factor. */
function addGroup(engine: Engine, products: Products, group: Group, point: WeightPoint): void {
  const { cosets } = products;
  const outerCosets = powerCosets(cosets, group.unit);
  const { inner, unit, length } = group;
  const innerLength = Math.ceil(endOf(inner) / cosets.size) * cosets.size;
  const columns = [...group.columns];
  for (let start = 0; start < columns.length; start += columnsAtOnce(group)) {
    const mark = engine.mark();
    const some = columns.slice(start, start + columnsAtOnce(group));
    const [innerCells, ...outerCells] = writeTerms(engine, point, [
      { terms: [{ term: inner, scale: 1n }], length: innerLength },
      ...some.map(([, terms]) => ({ terms, length: length / unit })),
    ]);
    cosets.shifts.forEach((_, coset) => {
      const cosetMark = engine.mark();
      const innerValues = cosetValues(engine, innerCells, cosets, oppositeOf(cosets, coset));
      some.forEach(([column], index) => {
        addProduct(engine, products, column, coset, (opposite) => {
          const values = engine.frVec(cosets.size);
          const outerMark = engine.mark();
          engine.mulPeriodic(values, innerValues, cosetValues(engine, outerCells[index], outerCosets, opposite));
          engine.release(outerMark);
          return values;
        });
      });
      engine.release(cosetMark);
    });
    engine.release(mark);
  }
}

const oppositeOf = ({ shifts }: Cosets, coset: number): number => shifts.length - 1 - coset;

/** Adds the values on `coset` times the weights on the opposite one, to the sum of whichever is in the first half. */
function addProduct(
  engine: Engine,
  { cosets, sums, step }: Products,
  { values, transform }: WeightedColumn,
  coset: number,
  weightsOn: (opposite: number) => FrVec,
): void {
  const mark = engine.mark();
  const opposite = oppositeOf(cosets, coset);
  const column = transform?.[coset] ?? cosetValues(engine, values, cosets, coset);
  const weights = weightsOn(opposite);
  if (coset < sums.length) engine.reversedMulAdd(sums[coset], column, weights);
  else engine.reversedMulAdd(sums[opposite], weights, column);
  engine.release(mark);
  step();
}
