/** Every node that is replaced by operators of ONNX, by name. */
import type { GraphNode } from "../../graph.ts";
import type { Expansion, Known } from "../expansion.ts";
import { ATTENTION_NODES } from "./attention.ts";
import { CHANNELS_LAST_NODES } from "./channels-last.ts";
import { DYNAMIC_NODES } from "./dynamic.ts";
import { FUSED_NODES } from "./fused.ts";
import { QUANTIZED_NODES } from "./quantized.ts";
import type { ReplacedNode } from "./replaced-node.ts";

export const REPLACED_NODES: readonly ReplacedNode[] = [
  ...QUANTIZED_NODES,
  ...DYNAMIC_NODES,
  ...FUSED_NODES,
  ...CHANNELS_LAST_NODES,
  ...ATTENTION_NODES,
];

const BY_NAME = new Map(REPLACED_NODES.map((item) => [`${item.domain}::${item.op}`, item]));

/** Undefined for every other operator. */
export function expandReplaced(node: GraphNode, known: Known): Expansion | undefined {
  return BY_NAME.get(`${node.domain}::${node.op}`)?.expand(node, known);
}
