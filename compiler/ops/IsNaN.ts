import { inputType, type Operator, tensorInput } from "./operator.ts";
import { emitLinear, scaled } from "./steps.ts";

/** Integers are never "not a number": false everywhere. */
export const isNotANumber: Operator = {
  op: "IsNaN",
  takes: "false: integers are numbers",
  check: (context) => {
    const type = { ...inputType(context, 0), dtype: "bool" } as const;
    return {
      outputs: [type],
      float: ([x]) => [{ ...type, data: x.data.map((value) => (Number.isNaN(value) ? 1 : 0)) }],
      plan: (planner) =>
        emitLinear(planner, planner.outputs[0], {
          parts: [scaled(tensorInput(planner, 0).name, 0)],
          activation: { name: "function", f: "isPositive", a: 0, b: 0 },
        }),
    };
  },
};
