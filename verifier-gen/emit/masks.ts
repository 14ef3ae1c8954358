/**
 * Weights of the mask cells (`core/layout.ts`, `core/claims.ts`), all in the witness column of their block.
 *
 *     zero-check   sum_j x^(4j) sum_{k=1..4} (u_j^k - w_j) x^(k-1)
 *                      = sum_j x^(4j) u_j (1 + y_j)(1 + y_j^2) - (1 + x)(1 + x^2) sum_j x^(4j) w_j,   y_j = u_j x
 *     product      sum_j x^(2j) prod_{i<j} (1 - u_i) ((u_j - 1/2) + x (u_j^2 - 1/2)), by Horner's rule in x^2 (1 - u_j)
 */
import type { Product } from "../../core/circuit.ts";
import { HALF } from "../../core/field.ts";
import { blockCell, productMaskRow, sumMaskRow, zeroCheckMaskRow } from "../../core/layout.ts";
import { horner, type Node, product } from "../graph/expression.ts";
import type { Symbols } from "../symbols.ts";
import type { SymbolicTerm } from "./terms.ts";

/** A weight that starts at a row of block q; `weight` may depend on x. */
function maskTerm({ circuit, graph }: Symbols, row: number, power: Node, weight: Node): SymbolicTerm {
  const cell = blockCell(circuit, "q", row);
  return {
    column: { kind: "witness", index: cell.column },
    coefficient: weight.varies ? graph.constant(1) : weight,
    tau: 0,
    point: cell.offset,
    scales: [power],
    axes: weight.varies ? [weight] : [],
  };
}

export function zeroCheckMask(symbols: Symbols, power: Node): SymbolicTerm[] {
  const { graph, layout, u, w } = symbols;
  const one = graph.constant(1);
  const x = (exponent: number): Node => graph.monomial(0, exponent);
  const variables = Array.from({ length: layout.logRows }, (_, j) => j);
  // u (1 + u x)(1 + u^2 x^2) = (u + u^2 x)(1 + u^2 x^2)
  const powers = variables.map((j) => {
    const square = graph.multiply(u(j), u(j));
    return graph.multiply(graph.add(u(j), graph.multiply(square, x(1))), graph.add(one, graph.multiply(square, x(2))));
  });
  const ones = graph.multiply(graph.add(one, x(1)), graph.add(one, x(2)));
  const constants = graph.multiply(ones, horner(graph, variables.map(w), x(4)));
  return [maskTerm(symbols, zeroCheckMaskRow(0, 1), power, graph.subtract(horner(graph, powers, x(4)), constants))];
}

export function productMask(symbols: Symbols, power: Node): SymbolicTerm[] {
  const { graph, layout, u, complementOf, complement } = symbols;
  const half = graph.constant(HALF);
  const square = graph.monomial(0, 2);
  let masks = graph.constant(0);
  for (let j = layout.productBits - 1; j >= 0; j--) {
    const upper = graph.subtract(graph.multiply(u(j), u(j)), half);
    const own = graph.add(graph.subtract(u(j), half), graph.multiply(upper, graph.monomial(0, 1)));
    masks = graph.add(own, graph.multiply(graph.multiply(square, complementOf(j)), masks));
  }
  const mu = maskTerm(symbols, sumMaskRow(layout), power, complement(0, layout.productBits));
  return layout.productBits === 0 ? [mu] : [maskTerm(symbols, productMaskRow(layout.logRows, 0, 1), power, masks), mu];
}

/** mu in the accumulator claim. */
export function sumMask(symbols: Symbols, power: Node): SymbolicTerm {
  return maskTerm(symbols, sumMaskRow(symbols.layout), power, symbols.graph.constant(1));
}

/** eq(u, all ones), and eq(u, all ones but variable 0). */
export function operandMaskWeights(
  { graph, u, complementOf }: Symbols,
  { bits }: Product,
): { left: Node; right: Node } {
  const upper = product(
    graph,
    Array.from({ length: Math.max(0, bits - 1) }, (_, j) => u(j + 1)),
  );
  if (bits === 0) return { left: upper, right: complementOf(0) };
  return { left: graph.multiply(upper, u(0)), right: graph.multiply(upper, complementOf(0)) };
}
