import { checkBinary } from "./binary.ts";
import { badValue, type Operator, type PlanInput, type Planner, unsupported } from "./operator.ts";
import { emitProduct } from "./product.ts";
import { broadcasted, emitLinear, scaled } from "./steps.ts";

/** By constants a product, by a tensor the product with its tabulated reciprocal. */
export const div: Operator = {
  op: "Div",
  takes: "by constants that are not zero, or by a tensor that stays on one side of 0",
  check: (context) => {
    const isInteger = context.types[0]?.dtype.includes("int") ?? false;
    const divide = (a: number, b: number): number => (isInteger ? Math.trunc(a / b) : a / b);
    return checkBinary(context, divide, (planner, a, b) => {
      if (isInteger) unsupported(planner.node, "integers are divided", "cast to a float type before Div");
      if (b.kind === "tensor") return divideByTensor(planner, a, b);
      if (b.tensor.data.some((value) => value === 0)) {
        badValue(
          planner.node,
          "the divisor holds a zero",
          "replace zero divisors (a constant feature has standard deviation 0)",
        );
      }
      if (a.kind === "tensor") emitProduct(planner, a, { ...b.tensor, data: b.tensor.data.map((value) => 1 / value) });
    });
  },
};

function divideByTensor(planner: Planner, a: PlanInput, b: Extract<PlanInput, { kind: "tensor" }>): void {
  const [output] = planner.outputs;
  const inverse = { kind: "tensor", name: planner.fresh(`${output.name} inverse`), shape: b.shape } as const;
  emitLinear(planner, inverse, {
    parts: [scaled(b.name, 1)],
    activation: { name: "function", f: "reciprocal", a: 0, b: 0 },
    fine: "inputs",
  });
  if (a.kind === "constant") return emitProduct(planner, inverse, a.tensor);
  const [x, y] = [a, inverse].map((factor) => broadcasted(planner, factor, output.shape));
  emitLinear(planner, output, { parts: [{ kind: "product", x, y, contracts: false, factor: 1 }] });
}
