/**
 * The lookup constraint of `core/lookup.ts` at u.
 *
 * Key, value and tag are piecewise linear in the row. With C(at) = sum_{i < at} eq(u, i) and I(at) = sum_{i < at} i·eq(u, i), a break
 * contributes (level - at·slope)(1 - C) + slope (identity - I). C and I are sums over the set bits k of `at`: the rows below `at` that
 * agree with it above bit k form a subcube with weight prefix·(1 - u_k) and mean (bits of `at` above k) + (low k bits of u). Breaks
 * share prefixes and partial sums; trailing zero bits of `at` are never visited.
 */
import type { Break } from "../../core/circuit.ts";
import { hasCommittedValues, rowTags, tableFunctions } from "../../core/lookup.ts";
import { type Node, sum } from "../graph/expression.ts";
import type { Symbols } from "../symbols.ts";

/** phi1·phi2·(h·phiT + m) - phiT·(phi1 + phi2) */
export function lookupConstraint(symbols: Symbols): Node {
  const { circuit, graph, message } = symbols;
  const { add, subtract, multiply } = graph;
  const alpha = message("ALPHA_MPTR");
  const beta = message("BETA_MPTR");
  const functions = tableFunctions(circuit);
  const extension = (breaks: readonly Break[]): Node => piecewise(symbols, breaks);
  const committed = hasCommittedValues(circuit) ? message("TABLE_MPTR") : graph.constant(0);

  const pair = add(message("Y_MPTR"), multiply(beta, extension(rowTags(circuit))));
  const phi1 = add(add(alpha, message("Q_MPTR")), multiply(beta, pair));
  const phi2 = add(alpha, message("REM_MPTR"));
  const tableValue = add(add(extension(functions.value), committed), multiply(beta, extension(functions.tag)));
  const phiT = add(add(alpha, extension(functions.key)), multiply(beta, tableValue));
  const both = multiply(phi1, phi2);
  return subtract(
    multiply(both, add(multiply(message("H_MPTR"), phiT), message("M_MPTR"))),
    multiply(phiT, add(phi1, phi2)),
  );
}

/** Multilinear extension at u of sum over breaks with at <= i of level + slope·(i - at). */
function piecewise(symbols: Symbols, breaks: readonly Break[]): Node {
  const { graph, layout } = symbols;
  const rows = 2 ** layout.logRows;
  const inside = breaks.filter(({ at }) => at < rows);
  const constantPart = inside.reduce((total, { at, level, slope }) => total + level - at * slope, 0);
  const slopes = inside.reduce((total, { slope }) => total + slope, 0);
  const parts = [
    graph.constant(constantPart),
    graph.multiply(graph.constant(slopes), symbols.identity(layout.logRows)),
  ];
  for (const { at, level, slope } of inside) {
    if (at <= 0) continue;
    const below = rowsBelow(symbols, at);
    parts.push(graph.multiply(graph.constant(at * slope - level), below.weight));
    if (slope !== 0) parts.push(graph.multiply(graph.constant(-slope), below.rowSum()));
  }
  return sum(graph, parts);
}

interface RowsBelow {
  /** C(at) */
  readonly weight: Node;
  /** I(at) */
  rowSum(): Node;
}

function rowsBelow(symbols: Symbols, at: number): RowsBelow {
  const { graph, layout, u, complementOf, identity } = symbols;
  const weights: Node[] = [];
  const means: Node[] = [];
  let prefix = graph.constant(1);
  for (let k = layout.logRows - 1; at % 2 ** (k + 1) !== 0; k--) {
    if (Math.floor(at / 2 ** k) % 2 === 0) {
      prefix = graph.multiply(prefix, complementOf(k));
      continue;
    }
    const above = at - (at % 2 ** (k + 1));
    weights.push(graph.multiply(prefix, complementOf(k)));
    means.push(graph.add(graph.constant(above), identity(k)));
    prefix = graph.multiply(prefix, u(k));
  }
  return {
    weight: sum(graph, weights),
    rowSum: () =>
      sum(
        graph,
        weights.map((weight, i) => graph.multiply(weight, means[i])),
      ),
  };
}
