/**
 * What an expression costs on the EVM and how deep it reaches into the stack; from that, which nodes get a memory slot.
 *
 * Gas: MLOAD of a constant address 6, MSTORE 6, DUP or PUSH 3, ADD 3, MOD 5, ADDMOD and MULMOD 8. A node is stored when that is cheaper
 * than evaluating it at every use. A node that does not vary but is used by one that does is evaluated once and used twice.
 */
import { type Node, resolved } from "./expression.ts";

const LOAD_GAS = 6;
const STORE_GAS = 6;
const PUSH_GAS = 3;
const OPERATION_GAS = { multiply: 8, add: 3, addReduced: 8, subtract: 6, reduce: 5 } as const;

/** DUP16 must reach the modulus below all pending operands and the pinned words. */
const MAX_PENDING = 7;

export type Resolved = ReturnType<typeof resolved>;

export interface Plan {
  /** Nodes that are written to memory and read back. */
  readonly stored: ReadonlySet<Resolved>;
  /** Gas to compute a node, reading what is stored. */
  gasOf(node: Node): number;
  /** True when `first` should be evaluated before `second`: the deeper one leaves fewer operands pending. */
  deeper(first: Node, second: Node): boolean;
}

export function operands(node: Resolved): readonly Resolved[] {
  if (node.kind === "constant" || node.kind === "load") return [];
  return node.kind === "reduce" ? [resolved(node.left)] : [resolved(node.left), resolved(node.right)];
}

/** Every node the roots reach, operands first. */
export function reachable(roots: readonly Node[]): Resolved[] {
  const seen = new Set<Resolved>();
  const visit = (node: Resolved): void => {
    if (seen.has(node)) return;
    for (const operand of operands(node)) visit(operand);
    seen.add(node);
  };
  for (const root of roots) visit(resolved(root));
  return [...seen];
}

export function planStorage(fixedRoots: readonly Node[], varyingRoots: readonly Node[]): Plan {
  const order = reachable([...fixedRoots, ...varyingRoots]);
  const uses = countUses(order, fixedRoots, varyingRoots);
  const stored = new Set<Resolved>();
  const gas = new Map<Resolved, number>();
  const pending = new Map<Resolved, number>();
  const gasOf = (node: Resolved): number => (stored.has(node) ? LOAD_GAS : (gas.get(node) as number));
  const pendingOf = (node: Resolved): number => (stored.has(node) ? 1 : (pending.get(node) as number));

  for (const node of order) {
    if (node.kind === "constant" || node.kind === "load") {
      gas.set(node, node.kind === "load" ? LOAD_GAS : PUSH_GAS);
      pending.set(node, 1);
      continue;
    }
    let depth = pendingDepth(node, pendingOf);
    while (depth > MAX_PENDING) {
      const deepest = operands(node).reduce((a, b) => (pendingOf(a) >= pendingOf(b) ? a : b));
      stored.add(deepest);
      depth = pendingDepth(node, pendingOf);
    }
    const own = OPERATION_GAS[node.kind] + (node.kind === "add" ? 0 : PUSH_GAS);
    const cost = own + operands(node).reduce((total, operand) => total + gasOf(operand), 0);
    gas.set(node, cost);
    pending.set(node, depth);
    const { fixed, varying } = uses.get(node) as Uses;
    const evaluations = node.varies ? varying : fixed + 2 * varying;
    if (cost + STORE_GAS + LOAD_GAS * evaluations < cost * evaluations) stored.add(node);
  }
  return {
    stored,
    gasOf: (node) => gas.get(resolved(node)) as number,
    deeper: (first, second) => pendingOf(resolved(first)) > pendingOf(resolved(second)),
  };
}

/** Gas of the statements for what is fixed, and of those for one evaluation point. */
export interface ExpressionGas {
  readonly fixed: number;
  readonly varying: number;
}

export function expressionGas(fixedRoots: readonly Node[], varyingRoots: readonly Node[]): ExpressionGas {
  const { stored, gasOf } = planStorage(fixedRoots, varyingRoots);
  const total = { fixed: 0, varying: 0 };
  for (const node of stored) total[node.varies ? "varying" : "fixed"] += gasOf(node) + STORE_GAS;
  for (const root of fixedRoots) total.fixed += (stored.has(resolved(root)) ? LOAD_GAS : gasOf(root)) + STORE_GAS;
  for (const root of varyingRoots) total.varying += (stored.has(resolved(root)) ? LOAD_GAS : gasOf(root)) + STORE_GAS;
  return total;
}

interface Uses {
  fixed: number;
  varying: number;
}

function countUses(
  order: readonly Resolved[],
  fixedRoots: readonly Node[],
  varyingRoots: readonly Node[],
): Map<Resolved, Uses> {
  const uses = new Map<Resolved, Uses>(order.map((node) => [node, { fixed: 0, varying: 0 }]));
  const count = (node: Resolved, varies: boolean): void => {
    (uses.get(node) as Uses)[varies ? "varying" : "fixed"]++;
  };
  for (const root of fixedRoots) count(resolved(root), false);
  for (const root of varyingRoots) count(resolved(root), true);
  for (const node of order) {
    for (const operand of operands(node)) count(operand, node.varies);
  }
  return uses;
}

/** Largest number of stack items while a node is evaluated; the modulus argument is pushed first. */
function pendingDepth(node: Resolved, pendingOf: (operand: Resolved) => number): number {
  const [a, b] = operands(node).map(pendingOf);
  const modulus = node.kind === "add" || node.kind === "subtract" ? 0 : 1;
  if (b === undefined) return modulus + a;
  return Math.max(modulus + Math.max(a, b), modulus + 1 + Math.min(a, b));
}
