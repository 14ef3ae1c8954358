/** Lists of tensors, known when compiling: each is a list of names, and what leaves a list is tensors again. */
import type { GraphNode } from "../graph.ts";
import { intAttribute } from "../ops/operator.ts";
import { type Expansion, type Known, MadeNodes, refuse } from "./expansion.ts";

/** Undefined for a node that neither reads nor makes a list. */
export function expandSequence(node: GraphNode, known: Known): Expansion | undefined {
  if (node.domain !== "") return undefined;
  const { sequences } = known;
  const made = new MadeNodes(node);
  const keep = (list: readonly string[]): Expansion => {
    made.sequences.set(node.outputs[0], list);
    return made;
  };
  if (node.op === "SequenceEmpty") return keep([]);
  if (node.op === "SequenceConstruct") return keep(node.inputs);
  const list = sequences.get(node.inputs[0] ?? "");
  if (list === undefined) return undefined;
  switch (node.op) {
    case "Identity":
      return keep(list);
    case "SequenceInsert": {
      const at = placeIn(node, 2, list.length + 1, known) ?? list.length;
      return keep([...list.slice(0, at), node.inputs[1], ...list.slice(at)]);
    }
    case "SequenceAt": {
      const at = placeIn(node, 1, list.length, known);
      return made.named(list[at ?? 0]);
    }
    case "ConcatFromSequence": {
      const axis = intAttribute(node, "axis", 0);
      const isNew = intAttribute(node, "new_axis", 0) !== 0;
      const parts = isNew ? list.map((name) => made.unsqueezed(name, axis, known.opset)) : list;
      made.concat(parts, axis, node.outputs[0]);
      return made;
    }
    default:
      return refuse(
        node,
        "it reads a list of tensors",
        "concatenate the tensors, or take them from the list one by one",
      );
  }
}

/** A constant place, from the end where it is negative; undefined where the node names none. */
function placeIn(node: GraphNode, at: number, length: number, { constants }: Known): number | undefined {
  const name = node.inputs[at] ?? "";
  if (name === "") return undefined;
  const value = constants.get(name)?.data[0];
  const place = value !== undefined && value < 0 ? value + length : value;
  if (place === undefined || place < 0 || place >= length)
    refuse(node, "the place in the list is computed or outside it", "take tensors from the list at constant places");
  return place;
}
