/** The axes of a reduction; undefined where the node asks for none. */
import { axisOf, inputConstant, inputType, intAttribute, intsAttribute, type NodeContext } from "./operator.ts";

/** Axes are an attribute in older operator sets, an optional input since. */
export function reducedAxes(context: NodeContext): number[] | undefined {
  const { node, types } = context;
  const { shape } = inputType(context, 0);
  const given =
    types[1] === undefined ? intsAttribute(node, "axes") : [...inputConstant(context, 1, "the list of axes").data];
  const isEmpty = given === undefined || given.length === 0;
  if (isEmpty && intAttribute(node, "noop_with_empty_axes", 0) !== 0) return undefined;
  const axes = isEmpty ? shape.map((_, axis) => axis) : given.map((axis) => axisOf(node, axis, shape.length));
  return [...new Set(axes)].sort((a, b) => a - b);
}
