/**
 * A graph of expressions as a list of one kind of instruction, which the universal verifier interprets.
 *
 *     word[target] = word[left]·word[right] + word[addend]  mod r
 *
 * A product that one sum uses is folded into it; a difference multiplies by r - 1. Constants, zero included, are words of memory like any
 * other. Words hold canonical values, so nothing is ever reduced by itself. A slot is free again after the last instruction that reads
 * it; slots that the varying part reads from the fixed part stay taken.
 */
import { mod } from "../../core/field.ts";
import { type Resolved, reachable } from "../graph/cost.ts";
import { type Node, resolved } from "../graph/expression.ts";
import type { Root } from "../graph/statements.ts";

/** Where a word stands: at a known address, in the pool of constants, or in a slot. */
export type Place =
  | { readonly kind: "address"; readonly expression: string }
  | { readonly kind: "constant"; readonly value: bigint }
  | { readonly kind: "slot"; readonly slot: number };

export interface Instruction {
  readonly target: Place;
  readonly left: Place;
  readonly right: Place;
  readonly addend: Place;
}

export interface InstructionProgram {
  readonly fixed: readonly Instruction[];
  /** Runs once for each evaluation point, after `fixed`. */
  readonly varying: readonly Instruction[];
  readonly slots: number;
}

/** An instruction before slots are given out: a value is named by its node, a temporary by a fresh object. */
type Value = Place | { readonly kind: "value"; readonly owner: object };
interface Draft {
  readonly target: Value;
  readonly left: Value;
  readonly right: Value;
  readonly addend: Value;
}

const constant = (value: bigint): Place => ({ kind: "constant", value: mod(value) });
const ZERO = constant(0n);
const ONE = constant(1n);
const MINUS_ONE = constant(-1n);

export function compileProgram(fixedRoots: readonly Root[], varyingRoots: readonly Root[]): InstructionProgram {
  const roots = [...fixedRoots, ...varyingRoots];
  const uses = countUses(roots);
  const drafts = { fixed: [] as Draft[], varying: [] as Draft[] };
  const done = new Map<Resolved, Value>();

  /** The node that holds a value: words are canonical, so a reduction is its operand. */
  const canonical = (node: Node): Resolved => {
    const own = resolved(node);
    return own.kind === "reduce" ? canonical(own.left) : own;
  };
  const isOwned = (node: Resolved, by: Resolved): boolean =>
    uses.get(node) === 1 && node.varies === by.varies && !done.has(node);

  const emit = (node: Resolved, draft: Omit<Draft, "target">, target?: Value): Value => {
    const result = target ?? { kind: "value", owner: {} };
    (node.varies ? drafts.varying : drafts.fixed).push({ ...draft, target: result });
    return result;
  };

  const value = (node: Node): Value => {
    const own = canonical(node);
    const known = done.get(own);
    if (known !== undefined) return known;
    const result = place(own) ?? compute(own);
    done.set(own, result);
    return result;
  };

  const place = (node: Resolved): Place | undefined => {
    if (node.kind === "constant") return constant(node.value);
    return node.kind === "load" ? { kind: "address", expression: node.pointer } : undefined;
  };

  const compute = (node: Resolved, target?: Value): Value => {
    if (node.kind === "multiply")
      return emit(node, { left: value(node.left), right: value(node.right), addend: ZERO }, target);
    if (node.kind === "subtract") return difference(node, canonical(node.left), canonical(node.right), target);
    if (node.kind === "constant" || node.kind === "load" || node.kind === "reduce")
      throw new TypeError(`${node.kind} is not computed`);
    return addition(node, canonical(node.left), canonical(node.right), target);
  };

  const addition = (node: Resolved, left: Resolved, right: Resolved, target?: Value): Value => {
    const [factor, other] = right.kind === "multiply" && isOwned(right, node) ? [right, left] : [left, right];
    if (factor.kind === "multiply" && isOwned(factor, node)) {
      const addend = value(other);
      return emit(node, { left: value(factor.left), right: value(factor.right), addend }, target);
    }
    return emit(node, { left: value(factor), right: ONE, addend: value(other) }, target);
  };

  const difference = (node: Resolved, left: Resolved, right: Resolved, target?: Value): Value => {
    const addend = value(left);
    if (right.kind === "multiply" && isOwned(right, node)) {
      const [a, b] = [canonical(right.left), canonical(right.right)];
      if (canNegate(a, right)) return emit(node, { left: negated(a), right: value(b), addend }, target);
      if (canNegate(b, right)) return emit(node, { left: value(a), right: negated(b), addend }, target);
    }
    return emit(node, { left: value(right), right: MINUS_ONE, addend }, target);
  };

  const canNegate = (node: Resolved, by: Resolved): boolean =>
    node.kind === "constant" || (node.kind === "subtract" && isOwned(node, by));

  const negated = (node: Resolved): Value => {
    if (node.kind === "constant") return constant(-node.value);
    if (node.kind !== "subtract") throw new TypeError(`${node.kind} has no cheap negative`);
    return difference(node, canonical(node.right), canonical(node.left));
  };

  const write = ({ node, target, adds }: Root): void => {
    const own = canonical(node);
    const at: Place = { kind: "address", expression: target };
    if (adds && own.kind === "multiply" && uses.get(own) === 1)
      emit(own, { left: value(own.left), right: value(own.right), addend: at }, at);
    else if (!adds && uses.get(own) === 1 && place(own) === undefined) compute(own, at);
    else emit(own, { left: value(own), right: ONE, addend: adds ? at : ZERO }, at);
  };

  for (const root of fixedRoots) write(root);
  for (const root of varyingRoots) write(root);
  return allocate(drafts.fixed, drafts.varying);
}

function countUses(roots: readonly Root[]): Map<Resolved, number> {
  const uses = new Map<Resolved, number>();
  const count = (node: Node): void => {
    const own = resolved(node);
    if (own.kind === "reduce") return count(own.left);
    uses.set(own, (uses.get(own) ?? 0) + 1);
  };
  for (const node of reachable(roots.map((root) => root.node))) {
    if (node.kind === "constant" || node.kind === "load" || node.kind === "reduce") continue;
    count(node.left);
    count(node.right);
  }
  for (const root of roots) count(root.node);
  return uses;
}

function allocate(fixed: readonly Draft[], varying: readonly Draft[]): InstructionProgram {
  const all = [...fixed, ...varying];
  const read = ({ left, right, addend }: Draft): Value[] => [left, right, addend];
  const lastRead = new Map<object, number>();
  const madeByFixed = new Set(fixed.map(({ target }) => (target.kind === "value" ? target.owner : target)));
  all.forEach((draft, i) => {
    for (const item of read(draft)) {
      if (item.kind !== "value") continue;
      const outlives = i >= fixed.length && madeByFixed.has(item.owner);
      lastRead.set(item.owner, outlives ? Number.POSITIVE_INFINITY : i);
    }
  });
  const slotOf = new Map<object, number>();
  const free: number[] = [];
  let slots = 0;
  const placed = all.map((draft, i): Instruction => {
    const at = (item: Value): Place =>
      item.kind === "value" ? { kind: "slot", slot: slotOf.get(item.owner) as number } : item;
    const operands = { left: at(draft.left), right: at(draft.right), addend: at(draft.addend) };
    for (const item of new Set(read(draft).map((part) => (part.kind === "value" ? part.owner : part))))
      if (lastRead.get(item) === i) free.push(slotOf.get(item) as number);
    if (draft.target.kind === "value") slotOf.set(draft.target.owner, free.pop() ?? slots++);
    return { ...operands, target: at(draft.target) };
  });
  return { fixed: placed.slice(0, fixed.length), varying: placed.slice(fixed.length), slots };
}
