/**
 * Repeated products: identical blocks of a network share their sumchecks.
 *
 * Products p_0, p_1, ... that differ only in where their cells and rows stand, by the same steps from each to the next, are one product
 * over one more index l, so that the number of claims does not grow with the number of blocks:
 *
 *     sum_l sum_kappa L_l(kappa) R_l(kappa) = sum_(kappa, l) L(kappa, l) R(kappa, l)
 *     sum_l sum_kappa L_l(kappa) R(kappa)   = sum_kappa (sum_l L_l(kappa)) R(kappa)          where all right sides are one
 *
 * Coefficients on the left may differ from one product to the next. The bits of l stand above those of kappa: the indices kept free
 * for masks are all ones there too, and stay free. Linear terms that repeat become one term with one more axis. Both follow from the
 * segments alone.
 */
import type { Circuit, PlainAxis, Product, Term, VariableRange } from "./circuit.ts";

export interface ProductStack {
  /** What the argument proves. */
  readonly product: Product;
  /** The segments' products, in the order of l. */
  readonly members: readonly Product[];
  /** True where the members share their right side and their left sides are added up. */
  readonly isSum: boolean;
}

type StackedCircuit = Pick<Circuit, "segments" | "logRows" | "fixedColumnLength">;

interface Found extends Omit<StackedCircuit, "segments"> {
  readonly stacks: readonly ProductStack[];
}

/** By the segments they were found in. */
const found = new WeakMap<Circuit["segments"], Found>();

export function productStacks(circuit: StackedCircuit): readonly ProductStack[] {
  const { segments, logRows, fixedColumnLength } = circuit;
  const known = found.get(segments);
  if (known?.logRows === logRows && known.fixedColumnLength === fixedColumnLength) return known.stacks;
  const products = segments.flatMap((segment) => segment.products);
  const runs = findRuns(
    products.map(({ bits, left, right }) => {
      return {
        shape: [bits, left.map(boxOf), right.map(shapeOf)].join(" "),
        places: [...left, ...right].flatMap(({ base, rowBase }) => [base, rowBase]),
      };
    }),
    (first, steps, length) => fits(circuit, products[first], steps, length),
  );
  const stacks = runs.map(({ members, steps }) =>
    stackOf(
      members.map((index) => products[index]),
      steps,
    ),
  );
  found.set(segments, { logRows, fixedColumnLength, stacks });
  return stacks;
}

/** Linear terms of all segments. */
export function linearTerms({ segments, fixedColumnLength }: StackedCircuit): Term[] {
  const terms = segments.flatMap((segment) => segment.linear);
  const runs = findRuns(
    terms.map((term) => ({ shape: shapeOf(term), places: [term.base, term.rowBase] })),
    (first, [cell], length) => staysInColumn(terms[first], cell, length, fixedColumnLength),
  );
  return runs.map(({ members, steps }) =>
    members.length === 1 ? terms[members[0]] : repeated(terms[members[0]], members.length, steps[0], steps[1]),
  );
}

function boxOf({ source, axes }: Term): string {
  return JSON.stringify([source, axes]);
}

function shapeOf(term: Term): string {
  return `${term.coef} ${boxOf(term)}`;
}

interface Placed {
  readonly shape: string;
  /** Numbers that step evenly within a run. */
  readonly places: readonly number[];
}

interface Run {
  readonly members: readonly number[];
  readonly steps: readonly number[];
}

/** Splits items into runs of equal shape whose places step evenly upwards: from each first item, the longest run. */
function findRuns(
  items: readonly Placed[],
  isAllowed: (first: number, steps: readonly number[], length: number) => boolean,
): Run[] {
  const byShape = new Map<string, number[]>();
  items.forEach(({ shape }, index) => {
    byShape.set(shape, [...(byShape.get(shape) ?? []), index]);
  });
  const used = new Set<number>();
  const runs: Run[] = [];
  items.forEach(({ shape, places }, first) => {
    if (used.has(first)) return;
    const alike = (byShape.get(shape) ?? []).filter((index) => index > first && !used.has(index));
    const byPlace = new Map(alike.map((index) => [items[index].places.join(), index]));
    let best: Run = { members: [first], steps: places.map(() => 0) };
    for (const second of alike) {
      const steps = items[second].places.map((place, i) => place - places[i]);
      if (steps.some((step) => step < 0)) continue;
      const members = [first];
      let next: number | undefined = second;
      while (next !== undefined && isAllowed(first, steps, members.length + 1)) {
        members.push(next);
        const { length } = members;
        next = byPlace.get(places.map((place, i) => place + length * steps[i]).join());
        if (next !== undefined && members.includes(next)) next = undefined;
      }
      if (members.length > best.members.length) best = { members, steps };
    }
    for (const index of best.members) used.add(index);
    runs.push(best);
  });
  return runs;
}

function staysInColumn({ source, base, axes }: Term, step: number, length: number, columnLength: number): boolean {
  if (source !== "fixed") return true;
  const reach = axes.reduce((sum, axis) => sum + Math.max(0, axis.cell * (cellsOf(axis) - 1)), 0);
  return Math.floor(base / columnLength) === Math.floor((base + reach + step * (length - 1)) / columnLength);
}

function cellsOf(axis: Term["axes"][number]): number {
  return axis.kind === "plain" ? axis.n : axis.inputN;
}

/** The same right side for all. Steps of the right terms come after those of the left ones, a cell step and a row step for each term. */
function isShared(product: Product, steps: readonly number[]): boolean {
  return steps.slice(2 * product.left.length).every((step) => step === 0);
}

function fits(
  { logRows, fixedColumnLength }: StackedCircuit,
  product: Product,
  steps: readonly number[],
  length: number,
): boolean {
  if (!isShared(product, steps) && product.bits + bitsFor(length) > logRows) return false;
  const terms = [...product.left, ...product.right];
  return terms.every((term, i) => staysInColumn(term, steps[2 * i], length, fixedColumnLength));
}

function bitsFor(n: number): number {
  return 32 - Math.clz32(n - 1);
}

function stackOf(members: readonly Product[], steps: readonly number[]): ProductStack {
  const [first] = members;
  if (members.length === 1) return { product: first, members, isSum: false };
  const isSum = isShared(first, steps);
  const vars = isSum ? undefined : { first: first.bits, count: bitsFor(members.length) };
  const left = first.left.flatMap((term, i) =>
    prefixes(members.map((member) => member.left[i].coef)).map(({ n, coef }) =>
      repeated({ ...term, coef }, n, steps[2 * i], steps[2 * i + 1], vars),
    ),
  );
  const right = first.right.map((term, i) => {
    const at = 2 * (first.left.length + i);
    return repeated(term, members.length, steps[at], steps[at + 1], vars);
  });
  const product = {
    bits: first.bits + (vars?.count ?? 0),
    left,
    right: isSum ? first.right : right,
  };
  return { product, members, isSum };
}

/** Coefficients c_0, c_1, ... as multiples of prefixes: index l is in every prefix of n > l, whose coefficients add up to c_l. */
function prefixes(coefs: readonly number[]): { n: number; coef: number }[] {
  return coefs.flatMap((coef, l) => {
    const rest = coef - (coefs[l + 1] ?? 0);
    return rest === 0 ? [] : [{ n: l + 1, coef: rest }];
  });
}

function repeated(term: Term, n: number, cell: number, row: number, vars?: VariableRange): Term {
  const axis: PlainAxis = vars ? { kind: "plain", n, cell, row, vars } : { kind: "plain", n, cell, row };
  return { ...term, axes: [axis, ...term.axes] };
}
