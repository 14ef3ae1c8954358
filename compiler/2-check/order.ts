/** Nodes in an order in which every tensor is made before it is used. */
import { GraphError } from "../errors.ts";
import { type Graph, type GraphNode, readsOf } from "../graph.ts";

export function orderNodes(graph: Graph): GraphNode[] {
  const producers = findProducers(graph);
  const ready = new Set([...graph.inputs.map((input) => input.name), ...graph.constants.keys(), ""]);
  const ordered: GraphNode[] = [];
  let waiting: readonly GraphNode[] = graph.nodes;
  while (waiting.length > 0) {
    const blocked: GraphNode[] = [];
    for (const node of waiting) {
      if (readsOf(node).every((name) => ready.has(name))) {
        ordered.push(node);
        for (const name of node.outputs) ready.add(name);
      } else {
        blocked.push(node);
      }
    }
    if (blocked.length === waiting.length) refuseBlocked(blocked, ready, producers);
    waiting = blocked;
  }
  return ordered;
}

function findProducers(graph: Graph): Map<string, GraphNode> {
  const given = new Set([...graph.inputs.map((input) => input.name), ...graph.constants.keys()]);
  const producers = new Map<string, GraphNode>();
  for (const node of graph.nodes) {
    for (const name of node.outputs) {
      if (name === "") continue;
      if (producers.has(name) || given.has(name)) {
        throw new GraphError({
          node: node.name,
          op: node.op,
          reason: `tensor ${name} is made twice`,
          remedy: "export the model again",
        });
      }
      producers.set(name, node);
    }
  }
  return producers;
}

function refuseBlocked(
  blocked: readonly GraphNode[],
  ready: ReadonlySet<string>,
  producers: ReadonlyMap<string, GraphNode>,
): never {
  for (const node of blocked) {
    const missing = readsOf(node).find((name) => !ready.has(name) && !producers.has(name));
    if (missing !== undefined) {
      throw new GraphError({
        node: node.name,
        op: node.op,
        reason: `tensor ${missing} is made by no node`,
        remedy: "export the model again",
      });
    }
  }
  const [node] = blocked;
  throw new GraphError({
    node: node.name,
    op: node.op,
    reason: "the node needs its own output",
    remedy: "unroll loops before export: the graph must have no cycle",
  });
}
