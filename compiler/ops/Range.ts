import { requireElements } from "../limits.ts";
import { tensor } from "../tensor.ts";
import { constantly } from "./folded.ts";
import { badShape, inputConstant, inputType, type Operator } from "./operator.ts";

export const range: Operator = {
  op: "Range",
  takes: "folded",
  check: (context) => {
    const { dtype } = inputType(context, 0);
    const [start, limit, delta] = [0, 1, 2].map((i) => inputConstant(context, i, "a bound of the range").data[0]);
    if (delta === 0) badShape(context.node, "the step of the range is 0");
    const count = Math.max(0, Math.ceil((limit - start) / delta));
    requireElements([count], "the range", context.node);
    return constantly(
      tensor(
        [count],
        Float64Array.from({ length: count }, (_, i) => start + i * delta),
        dtype,
      ),
    );
  },
};
