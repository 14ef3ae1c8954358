/** The p-th root of the sum of |x|^p over windows: a table, a sum, a table. */
import { evaluateFunction } from "../functions.ts";
import type { PoolPart, Window } from "../program.ts";
import { accumulatePool } from "../steps/pool.ts";
import { sizeOf, tensor } from "../tensor.ts";
import { inputType, intAttribute, type Meaning, type NodeContext, tensorInput, unsupported } from "./operator.ts";
import { emitLinear, scaled } from "./steps.ts";

export function checkLpPool(context: NodeContext, windows: readonly Window[]): Meaning {
  const { node } = context;
  const x = inputType(context, 0);
  const p = intAttribute(node, "p", 2);
  if (p !== 1 && (p < 2 || p % 2 === 1)) unsupported(node, `the norm is of order ${p}`, "use order 1 or an even one");
  const counts = windows.map(({ outN }) => new Array<number>(outN).fill(1));
  const part: Omit<PoolPart, "x"> = { kind: "pool", windows, counts, factors: new Map([[1, 1]]) };
  const shape = [x.shape[0], x.shape[1], ...windows.map(({ outN }) => outN)];
  return {
    outputs: [{ dtype: x.dtype, shape }],
    float: ([input]) => {
      const acc = new Float64Array(sizeOf(shape));
      accumulatePool(
        acc,
        { ...part, x: "" },
        input.data.map((value) => Math.abs(value) ** p),
      );
      return [
        tensor(
          shape,
          acc.map((sum) => evaluateFunction("power", sum, 1 / p, 0)),
          x.dtype,
        ),
      ];
    },
    plan: (planner) => {
      const input = tensorInput(planner, 0);
      const powers = { name: planner.fresh(`${input.name} power`), shape: input.shape };
      emitLinear(planner, powers, {
        parts: [scaled(input.name, 1)],
        activation: p === 1 ? { name: "function", f: "abs", a: 0, b: 0 } : { name: "function", f: "power", a: p, b: 0 },
        ...(p === 1 ? {} : { fine: "all" as const }),
      });
      emitLinear(planner, planner.outputs[0], {
        parts: [{ ...part, x: powers.name }],
        ...(p === 1 ? {} : { activation: { name: "function", f: "power", a: 1 / p, b: 0 } as const }),
      });
    },
  };
}
