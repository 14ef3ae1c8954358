/**
 * Decision trees as one table of nodes, the form in which they are run and proven.
 *
 * Nodes are numbered over all trees: tree t starts at node t, and the two children of a node have neighbouring numbers. A node below
 * `tested` compares
 *
 *     next = child + [x[feature] > threshold]        (>= where the node is strict)
 *
 * and every tree takes `depth` steps. Leaves that a tree reaches earlier stay where they are: they are their own child and no value
 * exceeds their threshold. Leaves of the last level have no comparison. Nodes from `firstLeaf` on have weights, zero where they are
 * no leaves.
 */
import type { CompileDetails } from "./errors.ts";

export interface Forest {
  /** Length of the input's last axis. */
  readonly features: number;
  /** Sums that the leaves add to. */
  readonly targets: number;
  readonly trees: number;
  /** Steps of every tree, at least 1. */
  readonly depth: number;
  /** By node, `tested` each. A node with an infinite threshold leads to its first child alone. */
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly strict: Uint8Array;
  readonly child: Int32Array;
  readonly firstLeaf: number;
  /** [targets][nodes - firstLeaf] */
  readonly weights: Float64Array;
  /** By target: the trees that may add to it. */
  readonly treesOf: readonly TreeRange[];
}

export interface TreeRange {
  readonly from: number;
  readonly count: number;
}

/** x[feature] <= threshold (< where strict) leads to `yes`. */
export interface TreeBranch {
  readonly feature: number;
  readonly threshold: number;
  readonly strict: boolean;
  readonly yes: TreeNode;
  readonly no: TreeNode;
}

/** Target and weight of everything a leaf adds. */
export type TreeLeaf = readonly (readonly [target: number, weight: number])[];

export type TreeNode = TreeBranch | TreeLeaf;

export function isLeaf(node: TreeNode): node is TreeLeaf {
  return Array.isArray(node);
}

/** Deeper trees would take more rows than any circuit has. */
const MAX_DEPTH = 1000;

/** Steps to the deepest leaf; subtrees may be shared, cycles end in a refusal. */
export function depthOf(root: TreeNode, refuse: (details: Pick<CompileDetails, "reason" | "remedy">) => never): number {
  let depth = 0;
  let level = new Set<TreeNode>([root]);
  for (;;) {
    const next = new Set<TreeNode>();
    for (const node of level) if (!isLeaf(node)) next.add(node.yes).add(node.no);
    if (next.size === 0) return depth;
    if (++depth > MAX_DEPTH)
      refuse({
        reason: `a tree is deeper than ${MAX_DEPTH} or runs in a circle`,
        remedy: "check the children of its nodes",
      });
    level = next;
  }
}

/** Trees with at least one branch each, of `depth` steps at most. */
export function buildForest(roots: readonly TreeBranch[], depth: number, features: number, targets: number): Forest {
  const ordered = orderByTarget(roots);
  const children = numberChildren(
    ordered.map(({ root }) => root),
    depth,
  );
  const { nodes, tested, firstLeaf } = children;
  const forest = {
    feature: new Int32Array(tested),
    threshold: new Float64Array(tested).fill(Number.POSITIVE_INFINITY),
    strict: new Uint8Array(tested),
    child: Int32Array.from({ length: tested }, (_, id) => id),
  };
  const weights = new Float64Array(targets * (nodes.length - firstLeaf));
  nodes.forEach((node, id) => {
    if (isLeaf(node)) {
      for (const [target, weight] of node) weights[target * (nodes.length - firstLeaf) + id - firstLeaf] += weight;
      return;
    }
    forest.feature[id] = node.feature;
    forest.threshold[id] = node.threshold;
    forest.strict[id] = node.strict ? 1 : 0;
    forest.child[id] = children.firstChild.get(node) as number;
  });
  const treesOf = Array.from({ length: targets }, (_, target) => rangeOf(ordered, target));
  return { ...forest, features, targets, trees: roots.length, depth, firstLeaf, weights, treesOf };
}

interface OrderedTree {
  readonly root: TreeBranch;
  readonly targets: ReadonlySet<number>;
}

/** Trees that add to the same targets stand together. */
function orderByTarget(roots: readonly TreeBranch[]): OrderedTree[] {
  return roots
    .map((root) => ({ root, targets: targetsOf(root) }))
    .sort((a, b) => Math.min(...a.targets) - Math.min(...b.targets));
}

function targetsOf(root: TreeNode): Set<number> {
  const targets = new Set<number>();
  const seen = new Set<TreeNode>([root]);
  for (const node of seen) {
    if (isLeaf(node)) for (const [target] of node) targets.add(target);
    else seen.add(node.yes).add(node.no);
  }
  return targets.size > 0 ? targets : new Set([0]);
}

function rangeOf(trees: readonly OrderedTree[], target: number): TreeRange {
  const from = trees.findIndex(({ targets }) => targets.has(target));
  const last = trees.findLastIndex(({ targets }) => targets.has(target));
  return from < 0 ? { from: 0, count: 0 } : { from, count: last - from + 1 };
}

interface Numbering {
  readonly nodes: readonly TreeNode[];
  readonly firstChild: ReadonlyMap<TreeBranch, number>;
  readonly tested: number;
  readonly firstLeaf: number;
}

/** Pairs of branches, then pairs with a leaf, pairs of leaves above the last level, pairs of leaves on it. */
function numberChildren(roots: readonly TreeBranch[], depth: number): Numbering {
  const pairs: TreeBranch[][] = [[], [], [], []];
  let parents = new Set(roots);
  const paired = new Set<TreeBranch>();
  for (let level = 1; parents.size > 0; level++) {
    const next = new Set<TreeBranch>();
    for (const parent of parents) {
      if (paired.has(parent)) continue;
      paired.add(parent);
      const leaves = [parent.yes, parent.no].filter(isLeaf).length;
      pairs[leaves + (leaves === 2 && level === depth ? 1 : 0)].push(parent);
      for (const child of [parent.yes, parent.no]) if (!isLeaf(child)) next.add(child);
    }
    parents = next;
  }
  const nodes: TreeNode[] = [...roots];
  const firstChild = new Map<TreeBranch, number>();
  for (const parent of pairs.flat()) {
    firstChild.set(parent, nodes.length);
    nodes.push(parent.yes, parent.no);
  }
  const firstLeaf = roots.length + 2 * pairs[0].length;
  return { nodes, firstChild, firstLeaf, tested: nodes.length - 2 * pairs[3].length };
}

export function leafCount({ weights, targets }: Forest): number {
  return weights.length / targets;
}

/** True when no tree adds to two targets. */
export function hasOneTargetPerTree({ treesOf, trees }: Forest): boolean {
  return treesOf.reduce((sum, { count }) => sum + count, 0) <= trees && !overlaps(treesOf);
}

function overlaps(ranges: readonly TreeRange[]): boolean {
  return ranges.some((a, i) => ranges.some((b, j) => i < j && a.from < b.from + b.count && b.from < a.from + a.count));
}
