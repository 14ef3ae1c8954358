import { checkBinary } from "./binary.ts";
import type { Operator } from "./operator.ts";
import { emitProduct } from "./product.ts";
import { broadcasted, emitLinear } from "./steps.ts";

export const mul: Operator = {
  op: "Mul",
  takes: "any broadcast; by constants, or of two tensors",
  check: (context) =>
    checkBinary(
      context,
      (a, b) => a * b,
      (planner, a, b) => {
        if (a.kind === "tensor" && b.kind === "tensor") {
          const [output] = planner.outputs;
          const [x, y] = [broadcasted(planner, a, output.shape), broadcasted(planner, b, output.shape)];
          emitLinear(planner, output, { parts: [{ kind: "product", x, y, contracts: false, factor: 1 }] });
        } else if (a.kind === "tensor" && b.kind === "constant") emitProduct(planner, a, b.tensor);
        else if (a.kind === "constant" && b.kind === "tensor") emitProduct(planner, b, a.tensor);
      },
    ),
};
