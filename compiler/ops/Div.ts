import { checkBinary } from "./binary.ts";
import { badValue, type Operator, unsupported } from "./operator.ts";
import { emitProduct } from "./product.ts";

export const div: Operator = {
  op: "Div",
  check: (context) => {
    const isInteger = context.types[0]?.dtype.includes("int") ?? false;
    const divide = (a: number, b: number): number => (isInteger ? Math.trunc(a / b) : a / b);
    return checkBinary(context, divide, (planner, a, b) => {
      if (a.kind !== "tensor" || b.kind !== "constant") {
        unsupported(planner.node, "the divisor is computed from the model's input", "divide by constants only");
      }
      if (b.tensor.data.some((value) => value === 0)) {
        badValue(
          planner.node,
          "the divisor holds a zero",
          "replace zero divisors (a constant feature has standard deviation 0)",
        );
      }
      emitProduct(planner, a, { ...b.tensor, data: b.tensor.data.map((value) => 1 / value) });
    });
  },
};
