/** Nodes that stand for others are replaced before they get a meaning. */
import type { GraphNode } from "../graph.ts";
import { expandControlFlow } from "./control-flow.ts";
import type { Expansion, Known } from "./expansion.ts";
import { expandOnnxAttention } from "./replaced/attention.ts";
import { expandReplaced } from "./replaced/registry.ts";
import { expandSequence } from "./sequences.ts";

/** Undefined for a node that stays. */
export function expandNode(node: GraphNode, known: Known): Expansion | undefined {
  return (
    expandSequence(node, known) ??
    expandControlFlow(node, known) ??
    expandOnnxAttention(node, known) ??
    expandReplaced(node, known)
  );
}
