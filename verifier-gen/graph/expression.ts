/**
 * Expressions over F that a verifier evaluates, as a graph without repeated nodes.
 *
 * Equal expressions are one object, so a sub-expression shared by several claims, terms or axes is computed once. A node knows
 *
 *     bound     its machine value is at most bound·r, and bound·r < 2^256. Sums stay unreduced while the bound allows it (an ADD costs
 *               3 gas, an ADDMOD 8); products are reduced by MULMOD.
 *     varies    it depends on the evaluation point x of the weights (x is z, then 1/z). The rest is computed once.
 *
 * A monomial tau^a·x^b is symbolic until all are known (`graph/monomials.ts`), so that an addition chain can serve all of them.
 */
import { mod, R } from "../../core/field.ts";

/** 5·r < 2^256 < 6·r. */
export const MAX_BOUND = 5;

interface Common {
  /** Order of creation: operands come before the nodes that use them. */
  readonly id: number;
  readonly bound: number;
  readonly varies: boolean;
}

export interface Constant extends Common {
  readonly kind: "constant";
  readonly value: bigint;
}

/** A word in memory; `pointer` is the Yul expression of its address. */
export interface Load extends Common {
  readonly kind: "load";
  readonly pointer: string;
}

/** tau^tau · x^point; `definition` is set by `graph/monomials.ts`. */
export interface Monomial extends Common {
  readonly kind: "monomial";
  readonly tau: number;
  readonly point: number;
  definition: Node | undefined;
}

/** subtract is left + (r - right) and needs right <= r; reduce is left mod r. */
export interface Operation extends Common {
  readonly kind: "multiply" | "add" | "addReduced" | "subtract" | "reduce";
  readonly left: Node;
  readonly right: Node;
}

export type Node = Constant | Load | Monomial | Operation;

/** Distributes Omit over the union. */
type Shape = Node extends infer N ? (N extends Node ? Omit<N, "id"> : never) : never;

export interface Graph {
  constant(value: bigint | number): Node;
  /** `varies` is true for words that change between the evaluation points. */
  load(pointer: string, varies?: boolean): Node;
  monomial(tau: number, point: number): Node;
  add(a: Node, b: Node): Node;
  subtract(a: Node, b: Node): Node;
  multiply(a: Node, b: Node): Node;
  /** The canonical value, which may stand in a word that is loaded later. */
  reduced(a: Node): Node;
  readonly monomials: ReadonlyMap<string, Monomial>;
}

export function createGraph(): Graph {
  const nodes = new Map<string, Node>();
  const monomials = new Map<string, Monomial>();
  let count = 0;

  const intern = (key: string, shape: Shape): Node => {
    const known = nodes.get(key);
    if (known !== undefined) return known;
    const node = { ...shape, id: count++ } as Node;
    nodes.set(key, node);
    if (node.kind === "monomial") monomials.set(key, node);
    return node;
  };

  const operation = (kind: Operation["kind"], left: Node, right: Node, bound: number): Node =>
    intern(`${kind} ${left.id} ${right.id}`, { kind, left, right, bound, varies: left.varies || right.varies });

  const constant = (value: bigint | number): Node => {
    const canonical = mod(BigInt(value));
    return intern(`constant ${canonical}`, { kind: "constant", value: canonical, bound: 1, varies: false });
  };
  const zero = constant(0);
  const one = constant(1);
  const reduce = (a: Node): Node => (a.bound === 1 ? a : operation("reduce", a, a, 1));
  const ordered = (a: Node, b: Node): [Node, Node] => (a.id < b.id ? [a, b] : [b, a]);

  const add = (a: Node, b: Node): Node => {
    if (a === zero) return b;
    if (b === zero) return a;
    if (a.kind === "constant" && b.kind === "constant") return constant(a.value + b.value);
    const positive = negated(b);
    if (positive !== undefined) return subtract(a, positive);
    const other = negated(a);
    if (other !== undefined) return subtract(b, other);
    const [left, right] = ordered(a, b);
    const bound = left.bound + right.bound;
    return bound <= MAX_BOUND ? operation("add", left, right, bound) : operation("addReduced", left, right, 1);
  };

  const subtract = (a: Node, b: Node): Node => {
    if (b === zero) return a;
    if (a === b) return zero;
    if (a.kind === "constant" && b.kind === "constant") return constant(a.value - b.value);
    const positive = negated(b);
    if (positive !== undefined) return add(a, positive);
    const left = a.bound < MAX_BOUND ? a : reduce(a);
    return operation("subtract", left, reduce(b), left === zero ? 1 : left.bound + 1);
  };

  /** b when `node` is 0 - b. */
  const negated = (node: Node): Node | undefined => {
    if (node.kind === "subtract" && node.left === zero) return node.right;
    if (node.kind === "constant" && node.value > R / 2n) return constant(-node.value);
    return undefined;
  };

  const multiply = (a: Node, b: Node): Node => {
    if (a === zero || b === zero) return zero;
    if (a === one) return b;
    if (b === one) return a;
    if (a.kind === "constant" && b.kind === "constant") return constant(a.value * b.value);
    const [positiveA, positiveB] = [negated(a), negated(b)];
    if (positiveA !== undefined && positiveB !== undefined) return multiply(positiveA, positiveB);
    if (positiveA !== undefined) return subtract(zero, multiply(positiveA, b));
    if (positiveB !== undefined) return subtract(zero, multiply(a, positiveB));
    const [left, right] = ordered(a, b);
    return operation("multiply", left, right, 1);
  };

  return {
    constant,
    load: (pointer, varies = false) => intern(`load ${pointer}`, { kind: "load", pointer, bound: 1, varies }),
    monomial(tau, point) {
      if (tau === 0 && point === 0) return one;
      return intern(`monomial ${tau} ${point}`, {
        kind: "monomial",
        tau,
        point,
        bound: 1,
        varies: point !== 0,
        definition: undefined,
      });
    },
    add,
    subtract,
    multiply,
    reduced: reduce,
    monomials,
  };
}

/** The node that computes a node: itself, or the definition of a monomial. */
export function resolved(node: Node): Exclude<Node, Monomial> {
  let current = node;
  while (current.kind === "monomial") {
    if (current.definition === undefined)
      throw new TypeError(`monomial tau^${current.tau} x^${current.point} has no definition`);
    current = current.definition;
  }
  return current;
}

export function sum(graph: Graph, nodes: readonly Node[]): Node {
  return nodes.reduce(graph.add, graph.constant(0));
}

export function product(graph: Graph, nodes: readonly Node[]): Node {
  return nodes.reduce(graph.multiply, graph.constant(1));
}

/** sum_i nodes[i]·x^i by Horner's rule. */
export function horner(graph: Graph, nodes: readonly Node[], x: Node): Node {
  return nodes.reduceRight((value, node) => graph.add(graph.multiply(value, x), node), graph.constant(0));
}
