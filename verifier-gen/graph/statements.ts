/**
 * Prints a graph as Yul: one list of statements for what is fixed, one for what is evaluated again at each point.
 *
 * Stored nodes become `mstore(slot, expression)`; a slot is free again after the last statement that reads it. Fixed slots that the
 * varying part reads stay taken. Named words that the varying part reads most become local variables ("pinned"), which cost 3 gas
 * instead of 6.
 */

import { type Plan, planStorage, type Resolved, reachable } from "./cost.ts";
import { type Node, resolved } from "./expression.ts";
import { type Placed, placeValues } from "./storage.ts";

export interface Root {
  readonly node: Node;
  /** What the value is, as a formula. */
  readonly comment: string;
  /** Yul expression of the address that receives the value. */
  readonly target: string;
  /** The value is added to the word at `target`. */
  readonly adds?: boolean;
}

function rootStatement({ target, adds }: Root, value: string): string {
  return `mstore(${target}, ${adds ? `add(mload(${target}), ${value})` : value})`;
}

const MAX_PINNED = 4;
/** A pin costs one load and saves 3 gas per use; the stack has room for few. */
const MIN_PINNED_USES = 4;

export function printProgram(fixedRoots: readonly Root[], varyingRoots: readonly Root[], slotBase: number): Placed {
  const nodesOf = (roots: readonly Root[]): Node[] => roots.map((root) => root.node);
  const plan = planStorage(nodesOf(fixedRoots), nodesOf(varyingRoots));
  const emitted = new Set<Resolved>();

  const emit = (roots: readonly Root[]): string[] => {
    const lines: string[] = [];
    for (const root of roots) {
      const { node, comment } = root;
      lines.push(`// ${comment}`);
      for (const part of reachable([node])) {
        if (!plan.stored.has(part) || emitted.has(part)) continue;
        emitted.add(part);
        lines.push(`mstore(§${part.id}§, ${print(part, plan, true)})`);
      }
      lines.push(rootStatement(root, print(resolved(node), plan, false)));
    }
    return lines;
  };

  const fixed = emit(fixedRoots);
  for (const { node, comment } of varyingRoots) {
    const parts = reachable([node]).filter((part) => !part.varies && plan.stored.has(part) && !emitted.has(part));
    if (parts.length > 0) fixed.push(`// ${comment}: what does not depend on x`);
    for (const part of parts) {
      emitted.add(part);
      fixed.push(`mstore(§${part.id}§, ${print(part, plan, true)})`);
    }
  }
  const varying = pinLoads(emit(varyingRoots));
  return placeValues(fixed, varying, slotBase);
}

/** Yul expression of a node; `whole` prints a stored node's own expression instead of its slot. */
function print(node: Resolved, plan: Plan, whole: boolean): string {
  if (!whole && plan.stored.has(node)) return `mload(§${node.id}§)`;
  if (node.kind === "constant") return node.value < 2n ** 32n ? `${node.value}` : `0x${node.value.toString(16)}`;
  if (node.kind === "load") return `mload(${node.pointer})`;
  const text = (operand: Node): string => print(resolved(operand), plan, false);
  const { left, right } = node;
  // Arguments are evaluated from the last to the first: the deeper operand goes last.
  const [shallow, deep] = plan.deeper(left, right) ? [right, left] : [left, right];
  if (node.kind === "multiply") return `mulmod(${text(shallow)}, ${text(deep)}, r)`;
  if (node.kind === "addReduced") return `addmod(${text(shallow)}, ${text(deep)}, r)`;
  if (node.kind === "add") return `add(${text(shallow)}, ${text(deep)})`;
  if (node.kind === "reduce") return `mod(${text(left)}, r)`;
  const negative = `sub(r, ${text(right)})`;
  if (left.kind === "constant" && left.value === 0n) return negative;
  return plan.deeper(left, right) ? `add(${negative}, ${text(left)})` : `add(${text(left)}, ${negative})`;
}

function pinLoads(lines: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of lines) {
    for (const [, pointer] of line.matchAll(/mload\((\w+|add\(\w+, \w+\))\)/g))
      counts.set(pointer, (counts.get(pointer) ?? 0) + 1);
  }
  const pinned = [...counts]
    .filter(([, count]) => count >= MIN_PINNED_USES)
    .sort((a, b) => b[1] - a[1])
    .slice(0, MAX_PINNED)
    .map(([pointer], i) => ({ load: `mload(${pointer})`, name: `pin${i}` }));
  const replaced = lines.map((line) => pinned.reduce((text, { load, name }) => text.replaceAll(load, name), line));
  return [...pinned.map(({ load, name }) => `let ${name} := ${load}`), ...replaced];
}
