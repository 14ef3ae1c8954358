import { logarithm } from "../math.ts";
import type { Part } from "../program.ts";
import { checkBinary } from "./binary.ts";
import { badValue, type Operator, type PlanInput, type Planner, unsupported } from "./operator.ts";
import { broadcasted, emitActivation, emitLinear, scaled } from "./steps.ts";

/** One constant exponent is a table; other powers are exp(exponent · ln base), for bases above 0. */
export const pow: Operator = {
  op: "Pow",
  takes: "one constant exponent, tabulated; else bases above 0",
  check: (context) =>
    checkBinary(context, Math.pow, (planner, base, exponent) => {
      if (exponent.kind === "constant" && base.kind === "tensor") {
        const [first] = exponent.tensor.data;
        if (exponent.tensor.data.some((value) => value !== first))
          unsupported(planner.node, "the exponents differ", "raise to one constant power");
        if (base.shape.length !== planner.outputs[0].shape.length)
          unsupported(planner.node, "the exponent adds axes", "give the exponent as a scalar");
        return emitActivation(planner, { name: "function", f: "power", a: first, b: 0 });
      }
      if (exponent.kind === "tensor") emitPower(planner, base, exponent);
    }),
};

type TensorInput = Extract<PlanInput, { kind: "tensor" }>;

function emitPower(planner: Planner, base: PlanInput, exponent: TensorInput): void {
  const [output] = planner.outputs;
  const y = broadcasted(planner, exponent, output.shape);
  const exp = { name: "function", f: "exp", a: 0, b: 0 } as const;
  if (base.kind === "constant") {
    if (base.tensor.data.some((value) => value <= 0))
      badValue(planner.node, "a base is not above 0", "raise numbers above 0 only");
    const factors = base.tensor.data.map(logarithm);
    const part: Part =
      factors.length === 1 ? scaled(y, factors[0]) : { kind: "scale", x: y, shape: base.shape, factors };
    return emitLinear(planner, output, { parts: [part], activation: exp });
  }
  const logarithms = { kind: "tensor", name: planner.fresh(`${output.name} logarithm`), shape: base.shape } as const;
  emitLinear(planner, logarithms, {
    parts: [scaled(base.name, 1)],
    activation: { name: "function", f: "log", a: 0, b: 0 },
    fine: "all",
  });
  const powers = { name: planner.fresh(`${output.name} exponent`), shape: output.shape };
  const x = broadcasted(planner, logarithms, output.shape);
  emitLinear(planner, powers, { parts: [{ kind: "product", x, y, contracts: false, factor: 1 }], fine: "all" });
  emitLinear(planner, output, { parts: [scaled(powers.name, 1)], activation: exp });
}
