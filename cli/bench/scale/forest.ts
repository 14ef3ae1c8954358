/** Attributes of a TreeEnsembleRegressor of full trees with seeded random splits and weights. */

export interface ForestAttributes {
  readonly ints: Readonly<Record<string, readonly number[]>>;
  readonly floats: Readonly<Record<string, readonly number[]>>;
  readonly strings: Readonly<Record<string, readonly string[]>>;
  /** Thresholds and leaf weights. */
  readonly params: number;
}

/** Nodes in heap order: the children of node i are 2i + 1 and 2i + 2. `random` is uniform in [-1, 1). */
export function randomForest(trees: number, depth: number, features: number, random: () => number): ForestAttributes {
  const branches = 2 ** depth - 1;
  const nodes = 2 * branches + 1;
  const perNode = <T>(value: (node: number) => T): T[] =>
    Array.from({ length: trees * nodes }, (_, i) => value(i % nodes));
  const perLeaf = <T>(value: (tree: number, node: number) => T): T[] =>
    Array.from({ length: trees * (branches + 1) }, (_, i) =>
      value(Math.floor(i / (branches + 1)), branches + (i % (branches + 1))),
    );
  const isBranch = (node: number): boolean => node < branches;
  return {
    ints: {
      nodes_treeids: Array.from({ length: trees * nodes }, (_, i) => Math.floor(i / nodes)),
      nodes_nodeids: perNode((node) => node),
      nodes_featureids: perNode((node) => (isBranch(node) ? Math.floor(((random() + 1) / 2) * features) : 0)),
      nodes_truenodeids: perNode((node) => (isBranch(node) ? 2 * node + 1 : 0)),
      nodes_falsenodeids: perNode((node) => (isBranch(node) ? 2 * node + 2 : 0)),
      target_treeids: perLeaf((tree) => tree),
      target_nodeids: perLeaf((_, node) => node),
      target_ids: perLeaf(() => 0),
    },
    floats: {
      nodes_values: perNode((node) => (isBranch(node) ? random() : 0)),
      target_weights: perLeaf(() => random() / trees),
    },
    strings: { nodes_modes: perNode((node) => (isBranch(node) ? "BRANCH_LEQ" : "LEAF")) },
    params: trees * nodes,
  };
}
