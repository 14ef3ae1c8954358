/** Nodes in an order in which every tensor is made before it is used. */
import { GraphError } from "../errors.ts";
import { type Graph, type GraphNode, readsOf } from "../graph.ts";

/**
 * As often as it takes, the nodes whose tensors are there, in the order of the file: a node comes in the round of the last of those it
 * reads from, or in the next one if it stands before it.
 */
export function orderNodes(graph: Graph): GraphNode[] {
  const producers = findProducers(graph);
  const ready = new Set([...graph.inputs.map((input) => input.name), ...graph.constants.keys(), ""]);
  const { nodes } = graph;
  const readers = new Map<string, number[]>();
  const missing = nodes.map((node, index) => {
    const names = new Set(readsOf(node).filter((name) => !ready.has(name)));
    for (const name of names) {
      const known = readers.get(name);
      if (known) known.push(index);
      else readers.set(name, [index]);
    }
    return names.size;
  });
  const round = nodes.map(() => 0);
  const done = nodes.flatMap((_, index) => (missing[index] === 0 ? [index] : []));
  for (let next = 0; next < done.length; next++) {
    const index = done[next];
    for (const name of nodes[index].outputs) {
      ready.add(name);
      for (const reader of readers.get(name) ?? []) {
        round[reader] = Math.max(round[reader], round[index] + (reader < index ? 1 : 0));
        if (--missing[reader] === 0) done.push(reader);
      }
    }
  }
  if (done.length < nodes.length) {
    const blocked = nodes.filter((_, index) => missing[index] > 0);
    refuseBlocked(blocked, ready, producers);
  }
  return done.sort((a, b) => round[a] - round[b] || a - b).map((index) => nodes[index]);
}

function findProducers(graph: Graph): Map<string, GraphNode> {
  const inputs = graph.inputs.map((input) => input.name);
  const given = new Set([...inputs, ...graph.constants.keys()]);
  const twice = inputs.find((name, index) => inputs.indexOf(name) !== index);
  if (twice !== undefined)
    throw new GraphError({ reason: `two inputs have the name ${twice}`, remedy: "export the model again" });
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
