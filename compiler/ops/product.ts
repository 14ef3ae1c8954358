/** Products with constants, for Mul and Div. */
import type { Tensor } from "../tensor.ts";
import type { PlanInput, Planner } from "./operator.ts";
import { broadcasted, emitLinear, paddedShape } from "./steps.ts";

export function emitProduct(planner: Planner, x: Extract<PlanInput, { kind: "tensor" }>, factors: Tensor): void {
  const [output] = planner.outputs;
  const name = broadcasted(planner, x, output.shape);
  const shape = factors.data.length === 1 ? [] : paddedShape(factors.shape, output.shape.length);
  emitLinear(planner, output, { parts: [{ kind: "scale", x: name, shape, factors: factors.data }] });
}
