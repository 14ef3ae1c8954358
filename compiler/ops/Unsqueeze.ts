import { axisOf, badShape, inputConstant, inputType, intsAttribute, type Operator } from "./operator.ts";
import { checkReshape } from "./reshaping.ts";

/** Axes are an attribute before operator set 13, an input since. */
export const unsqueeze: Operator = {
  op: "Unsqueeze",
  takes: "as ONNX defines it",
  check: (context) => {
    const { node, opset } = context;
    const { shape } = inputType(context, 0);
    const given = opset < 13 ? intsAttribute(node, "axes") : [...inputConstant(context, 1, "the list of axes").data];
    if (given === undefined) badShape(node, "the axes are missing");
    const rank = shape.length + given.length;
    const axes = given.map((axis) => axisOf(node, axis, rank));
    if (new Set(axes).size !== axes.length) badShape(node, `axes [${given}] name one axis twice`);
    const rest = [...shape];
    return checkReshape(
      context,
      Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() as number))),
    );
  },
};
