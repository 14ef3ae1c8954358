/** Tests that no integer passes: false everywhere, whatever they say of constants. */
import { inputType, type Meaning, type NodeContext, tensorInput } from "./operator.ts";
import { emitLinear, scaled } from "./steps.ts";

export function neverTrue(context: NodeContext, holds: (value: number) => boolean): Meaning {
  const type = { ...inputType(context, 0), dtype: "bool" } as const;
  return {
    outputs: [type],
    float: ([x]) => [{ ...type, data: x.data.map((value) => (holds(value) ? 1 : 0)) }],
    plan: (planner) =>
      emitLinear(planner, planner.outputs[0], {
        parts: [scaled(tensorInput(planner, 0).name, 0)],
        activation: { name: "function", f: "isPositive", a: 0, b: 0 },
      }),
  };
}
