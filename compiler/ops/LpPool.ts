import { checkLpPool } from "./lp-pool.ts";
import { inputType, intsAttribute, type Operator } from "./operator.ts";
import { readWindows } from "./window.ts";

export const lpPool: Operator = {
  op: "LpPool",
  takes: "1-D and 2-D, order 1 or even",
  check: (context) => {
    const { node } = context;
    const { shape } = inputType(context, 0);
    return checkLpPool(context, readWindows(node, shape, intsAttribute(node, "kernel_shape") ?? [], true).windows);
  },
};
