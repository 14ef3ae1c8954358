/** The index of the largest or smallest value, for ArgMax and ArgMin. */
import { argMax } from "../steps/arg-max.ts";
import { tensor } from "../tensor.ts";
import { axisOf, inputType, intAttribute, type Meaning, type NodeContext, tensorInput } from "./operator.ts";
import { referenceOf } from "./steps.ts";

export function checkIndex(context: NodeContext, ofSmallest: boolean): Meaning {
  const { node } = context;
  const x = inputType(context, 0);
  const axis = axisOf(node, intAttribute(node, "axis", 0), x.shape.length);
  const lastOfEquals = intAttribute(node, "select_last_index", 0) !== 0;
  const keepsAxis = intAttribute(node, "keepdims", 1) !== 0;
  const shape = keepsAxis ? x.shape.map((n, i) => (i === axis ? 1 : n)) : x.shape.filter((_, i) => i !== axis);
  const choice = { axis, lastOfEquals, ofSmallest };
  return {
    outputs: [{ dtype: "int64", shape }],
    float: ([input]) => [tensor(shape, argMax(input.data, x.shape, choice), "int64")],
    plan: (planner) => {
      const { name } = tensorInput(planner, 0);
      planner.emit({
        kind: "argMax",
        x: name,
        out: planner.outputs[0].name,
        shape,
        ...choice,
        nodes: [referenceOf(planner)],
      });
    },
  };
}
