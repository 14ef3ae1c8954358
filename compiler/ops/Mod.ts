import { checkBinary } from "./binary.ts";
import { badValue, intAttribute, type Operator, unsupported } from "./operator.ts";
import { emitActivation } from "./steps.ts";

/** The remainder with the sign of the divisor, or of the dividend where fmod is 1. */
export const mod: Operator = {
  op: "Mod",
  takes: "tabulated; one constant divisor",
  check: (context) => {
    const ofDividend = intAttribute(context.node, "fmod", 0) !== 0;
    const remainder = (x: number, m: number): number => (ofDividend ? x % m : x - m * Math.floor(x / m));
    return checkBinary(context, remainder, (planner, x, divisor) => {
      const first = divisor.kind === "constant" ? divisor.tensor.data[0] : Number.NaN;
      if (x.kind !== "tensor" || divisor.kind !== "constant" || divisor.tensor.data.some((value) => value !== first))
        unsupported(planner.node, "the divisor is not one constant number", "divide by one constant");
      if (x.shape.length !== planner.outputs[0].shape.length)
        unsupported(planner.node, "the divisor adds axes", "give the divisor as a scalar");
      if (first === 0) badValue(planner.node, "the divisor is 0", "give a divisor other than 0");
      emitActivation(planner, { name: "function", f: ofDividend ? "remainder" : "modulo", a: first, b: 0 });
    });
  },
};
