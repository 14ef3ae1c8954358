/** Decision trees: what the leaves that x leads to add to the accumulator, and the least and most that any leaves can add. */
import { type Forest, leafCount } from "../forest.ts";

/** Number of the leaf that a tree leads x to; x[base + f] is feature f. */
export function leafOf(forest: Forest, tree: number, x: Float64Array, base: number): number {
  const { feature, threshold, strict, child, depth } = forest;
  let node = tree;
  for (let step = 0; step < depth; step++) {
    const value = x[base + feature[node]];
    const isBeyond = strict[node] === 1 ? value >= threshold[node] : value > threshold[node];
    node = child[node] + (isBeyond ? 1 : 0);
  }
  return node;
}

/** acc[n][k] += sum over the trees of target k of the weight of their leaf for x[n] */
export function accumulateTrees(acc: Float64Array, forest: Forest, x: Float64Array): void {
  const { features, targets, trees, firstLeaf, weights, treesOf } = forest;
  const leaves = leafCount(forest);
  for (let n = 0; n < x.length / features; n++) {
    const reached = Int32Array.from({ length: trees }, (_, tree) => leafOf(forest, tree, x, n * features));
    treesOf.forEach(({ from, count }, target) => {
      for (let tree = from; tree < from + count; tree++) {
        acc[n * targets + target] += weights[target * leaves + reached[tree] - firstLeaf];
      }
    });
  }
}

/** Adds the smallest and the largest weight of every tree. */
export function boundTrees(lo: Float64Array, hi: Float64Array, forest: Forest): void {
  const { targets, treesOf, weights, firstLeaf } = forest;
  const leaves = leafCount(forest);
  const reachable = reachableLeaves(forest);
  treesOf.forEach(({ from, count }, target) => {
    let [least, most] = [0, 0];
    for (let tree = from; tree < from + count; tree++) {
      let [smallest, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (const leaf of reachable[tree]) {
        const weight = weights[target * leaves + leaf - firstLeaf];
        smallest = Math.min(smallest, weight);
        largest = Math.max(largest, weight);
      }
      least += smallest;
      most += largest;
    }
    for (let i = target; i < lo.length; i += targets) {
      lo[i] += least;
      hi[i] += most;
    }
  });
}

/** By tree: where it can stand after `depth` steps, whatever x is. */
function reachableLeaves({ trees, depth, child, threshold }: Forest): Set<number>[] {
  return Array.from({ length: trees }, (_, tree) => {
    let nodes = new Set([tree]);
    for (let step = 0; step < depth; step++) {
      const next = new Set<number>();
      for (const node of nodes) {
        next.add(child[node]);
        if (threshold[node] !== Number.POSITIVE_INFINITY) next.add(child[node] + 1);
      }
      nodes = next;
    }
    return nodes;
  });
}
