import { checkBinary } from "./binary.ts";
import { type Operator, unsupported } from "./operator.ts";
import { emitActivation } from "./steps.ts";

export const pow: Operator = {
  op: "Pow",
  check: (context) =>
    checkBinary(context, Math.pow, (planner, x, exponent) => {
      const first = exponent.kind === "constant" ? exponent.tensor.data[0] : Number.NaN;
      if (x.kind !== "tensor" || exponent.kind !== "constant" || exponent.tensor.data.some((value) => value !== first))
        unsupported(planner.node, "the exponent is not one constant number", "raise to one constant power");
      if (x.shape.length !== planner.outputs[0].shape.length)
        unsupported(planner.node, "the exponent adds axes", "give the exponent as a scalar");
      emitActivation(planner, { name: "function", f: "power", a: first, b: 0 });
    }),
};
