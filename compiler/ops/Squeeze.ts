import { axisOf, badShape, inputConstant, inputType, intsAttribute, type Operator } from "./operator.ts";
import { checkReshape } from "./reshaping.ts";

/** Axes are an attribute before operator set 13, an optional input since. */
export const squeeze: Operator = {
  op: "Squeeze",
  takes: "as ONNX defines it",
  check: (context) => {
    const { node, types } = context;
    const { shape } = inputType(context, 0);
    const given =
      types[1] === undefined ? intsAttribute(node, "axes") : [...inputConstant(context, 1, "the list of axes").data];
    const axes =
      given?.map((axis) => axisOf(node, axis, shape.length)) ??
      shape.map((_, axis) => axis).filter((axis) => shape[axis] === 1);
    const long = axes.find((axis) => shape[axis] !== 1);
    if (long !== undefined) badShape(node, `axis ${long} of [${shape}] is not of length 1`);
    return checkReshape(
      context,
      shape.filter((_, axis) => !axes.includes(axis)),
    );
  },
};
