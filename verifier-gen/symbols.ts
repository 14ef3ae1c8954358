/** Names of `core/` as nodes of the graph: challenges, messages, and the products of them that several claims share. */
import type { Circuit } from "../core/circuit.ts";
import { type Layout, layoutOf } from "../core/layout.ts";
import { createGraph, type Graph, type Node } from "./graph/expression.ts";
import { wordAt } from "./layout.ts";

export interface Symbols {
  readonly circuit: Circuit;
  readonly layout: Layout;
  readonly graph: Graph;
  message(pointer: string, index?: number): Node;
  u(k: number): Node;
  /** 1 - u_k */
  complementOf(k: number): Node;
  w(k: number): Node;
  /** gamma^c */
  gammaPower(c: number): Node;
  /** prod_{from <= j < to} (1 - u_j) */
  complement(from: number, to: number): Node;
  /** sum_{j<k} 2^j u_j: the low k bits of a row as a multilinear function. */
  identity(k: number): Node;
}

export function createSymbols(circuit: Circuit): Symbols {
  const graph = createGraph();
  const message = (pointer: string, index = 0): Node => graph.load(wordAt(pointer, index));
  const u = (k: number): Node => message("U_MPTR", k);
  const one = graph.constant(1);
  const complementOf = (k: number): Node => graph.subtract(one, u(k));

  const complement = (from: number, to: number): Node => {
    if (from >= to) return one;
    // Prefixes from 0 are shared by the product claim's masks, suffixes by short products.
    if (from === 0) return graph.multiply(complement(0, to - 1), complementOf(to - 1));
    return graph.multiply(complementOf(from), complement(from + 1, to));
  };

  const gammaPower = (c: number): Node => (c === 0 ? one : graph.multiply(gammaPower(c - 1), message("GAMMA_MPTR")));

  const identity = (k: number): Node =>
    k === 0 ? graph.constant(0) : graph.add(identity(k - 1), graph.multiply(graph.constant(2 ** (k - 1)), u(k - 1)));

  return {
    circuit,
    layout: layoutOf(circuit),
    graph,
    message,
    u,
    complementOf,
    w: (k) => message("W_MPTR", k),
    gammaPower,
    complement,
    identity,
  };
}
