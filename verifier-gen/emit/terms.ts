/**
 * Sums of weight terms with common factors taken out.
 *
 * A term is   coef · tau^tau · x^point · (scales) · (axis weights)   where scales do not depend on x (powers of gamma, operand
 * values) and axis weights do. The axis weight that most terms share is factored out first, and so on; at the leaves a polynomial in x
 * remains. Scales are folded into its coefficients, except that one shared by three terms or more costs less after the sum: two
 * multiplications, one at each point.
 */
import type { ColumnId, WeightTerm } from "../../core/weights.ts";
import { type Node, product } from "../graph/expression.ts";
import type { Symbols } from "../symbols.ts";
import { axisWeight, type MonomialTerm, monomialSum } from "./axes.ts";

export interface SymbolicTerm {
  readonly column: ColumnId;
  readonly coefficient: Node;
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
    coefficient: product(graph, [
      graph.constant(term.coef),
      graph.monomial(term.tauPower, 0),
      ...axes.filter((axis) => !axis.varies),
    ]),
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
    terms.map((term): MonomialTerm => leaf(symbols, term)),
  );
}

function leaf({ graph }: Symbols, { coefficient, scales, point }: SymbolicTerm): MonomialTerm {
  return { coefficient: product(graph, [...scales, coefficient]), point };
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
