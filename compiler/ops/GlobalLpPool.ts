import { checkLpPool } from "./lp-pool.ts";
import { inputType, type Operator, unsupported } from "./operator.ts";

export const globalLpPool: Operator = {
  op: "GlobalLpPool",
  takes: "1-D and 2-D, order 1 or even",
  check: (context) => {
    const spatial = inputType(context, 0).shape.slice(2);
    if (spatial.length < 1 || spatial.length > 2)
      unsupported(context.node, `the input has ${spatial.length} spatial axes`, "reshape it to one or two");
    return checkLpPool(
      context,
      spatial.map((n) => ({ inputN: n, outN: 1, kernel: n, stride: 1, dilation: 1, pad: 0 })),
    );
  },
};
