import { int64 } from "../tensor.ts";
import { inputType, intAttribute, type Operator } from "./operator.ts";

/** Known at compile time: every shape is static. */
export const shape: Operator = {
  op: "Shape",
  takes: "folded",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const part = x.shape.slice(intAttribute(node, "start", 0), intAttribute(node, "end", x.shape.length));
    const value = int64([part.length], part);
    return { outputs: [value], float: () => [value], folded: [value] };
  },
};
