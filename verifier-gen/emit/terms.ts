/**
 * Sums of weight terms with common factors taken out.
 *
 * A term is   coef · tau^tau · x^point · (scales) · (axis weights)   where scales do not depend on x (powers of gamma, operand
 * values) and axis weights do. The axis weight that most terms share is factored out first, and so on; at the leaves a polynomial in x
 * remains, of which terms that step evenly through rows and cells, as those of identical blocks do, are a polynomial in tau^a x^b. Scales
 * are folded into its coefficients, except that one shared by three terms or more costs less after the sum: two
 * multiplications, one at each point.
 */
import type { ColumnId, WeightTerm } from "../../core/weights.ts";
import { horner, type Node, product } from "../graph/expression.ts";
import type { Symbols } from "../symbols.ts";
import { axisWeight, type MonomialTerm, monomialSum } from "./axes.ts";

export interface SymbolicTerm {
  readonly column: ColumnId;
  readonly coefficient: Node;
  readonly tau: number;
  readonly point: number;
  readonly scales: readonly Node[];
  readonly axes: readonly Node[];
}

/** A weight term of `core/` times scales. */
export function symbolicTerm(symbols: Symbols, term: WeightTerm, scales: readonly Node[]): SymbolicTerm {
  const { graph } = symbols;
  const axes = term.axes.map((axis) => axisWeight(symbols, axis));
  const one = graph.constant(1);
  return {
    column: term.column,
    coefficient: product(graph, [graph.constant(term.coef), ...axes.filter((axis) => !axis.varies)]),
    tau: term.tauPower,
    point: term.offset,
    scales: scales.filter((scale) => scale !== one),
    axes: axes.filter((axis) => axis.varies),
  };
}

const MIN_SHARED_SCALES = 3;

export function termSum(symbols: Symbols, terms: readonly SymbolicTerm[]): Node {
  const { graph } = symbols;
  if (terms.length === 0) return graph.constant(0);
  const axis = mostCommon(terms.map((term) => term.axes));
  if (axis !== undefined && axis.count === terms.length)
    return graph.multiply(
      axis.node,
      termSum(
        symbols,
        terms.map((term) => without(term, "axes", axis.node)),
      ),
    );
  const scale = mostCommon(terms.map((term) => term.scales));
  if (scale !== undefined && scale.count >= MIN_SHARED_SCALES && (axis === undefined || scale.count > axis.count)) {
    return split(symbols, terms, "scales", scale.node);
  }
  if (axis !== undefined) return split(symbols, terms, "axes", axis.node);
  return monomialSum(
    symbols,
    evenRuns(terms).map((run) => leaf(symbols, run)),
  );
}

/** The terms of a run are polynomials in the ratio from one to the next; a single term is a run of its own. */
function leaf({ graph }: Symbols, run: readonly SymbolicTerm[]): MonomialTerm {
  const [first, second] = run;
  const { scales, tau, point } = first;
  const coefficients = run.map(({ coefficient }) => coefficient);
  const value =
    second === undefined
      ? first.coefficient
      : horner(graph, coefficients, graph.monomial(second.tau - tau, second.point - point));
  return { coefficient: product(graph, [...scales, value, graph.monomial(tau, 0)]), point };
}

/** A shorter run costs less term by term. */
const MIN_RUN = 4;

/** Runs of terms with equal scales whose tau and point step evenly, the longest ones from each first term on. */
function evenRuns(terms: readonly SymbolicTerm[]): SymbolicTerm[][] {
  const waiting = [...terms].sort((a, b) => a.point - b.point || a.tau - b.tau);
  const runs: SymbolicTerm[][] = [];
  while (waiting.length > 0) {
    const [first, ...others] = waiting;
    const longest = others
      .map((second) => runFrom(first, second, others))
      .reduce((best, run) => (run.length > best.length ? run : best), [first]);
    const run = longest.length >= MIN_RUN ? longest : [first];
    runs.push(run);
    for (const term of run) waiting.splice(waiting.indexOf(term), 1);
  }
  return runs;
}

function runFrom(first: SymbolicTerm, second: SymbolicTerm, others: readonly SymbolicTerm[]): SymbolicTerm[] {
  const [tau, point] = [second.tau - first.tau, second.point - first.point];
  const run = [first];
  if (tau < 0 || point <= 0) return run;
  const next = (): SymbolicTerm | undefined =>
    others.find(
      (term) =>
        term.tau === first.tau + run.length * tau &&
        term.point === first.point + run.length * point &&
        sameScales(term, first),
    );
  for (let term = next(); term !== undefined; term = next()) run.push(term);
  return run;
}

function sameScales(a: SymbolicTerm, b: SymbolicTerm): boolean {
  return a.scales.length === b.scales.length && a.scales.every((scale, i) => scale === b.scales[i]);
}

/** node·(terms that have it) + (the others) */
function split(symbols: Symbols, terms: readonly SymbolicTerm[], kind: "axes" | "scales", node: Node): Node {
  const { graph } = symbols;
  const inside = terms.filter((term) => term[kind].includes(node)).map((term) => without(term, kind, node));
  const outside = terms.filter((term) => !term[kind].includes(node));
  return graph.add(graph.multiply(node, termSum(symbols, inside)), termSum(symbols, outside));
}

/** The term with one occurrence of a factor taken out. */
function without(term: SymbolicTerm, kind: "axes" | "scales", node: Node): SymbolicTerm {
  const factors = term[kind].slice();
  factors.splice(factors.indexOf(node), 1);
  return { ...term, [kind]: factors };
}

function mostCommon(lists: readonly (readonly Node[])[]): { node: Node; count: number } | undefined {
  const counts = new Map<Node, number>();
  for (const list of lists) for (const node of new Set(list)) counts.set(node, (counts.get(node) ?? 0) + 1);
  return [...counts]
    .map(([node, count]) => ({ node, count }))
    .sort((a, b) => b.count - a.count || a.node.id - b.node.id)[0];
}
