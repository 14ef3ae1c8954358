/** What the activation operators share. */
import { type Activation, evaluateActivation } from "../activation.ts";
import type { FunctionName } from "../functions.ts";
import { inputType, type Meaning, type NodeContext } from "./operator.ts";
import { emitActivation } from "./steps.ts";

export function checkActivation(context: NodeContext, activation: Activation): Meaning {
  const x = inputType(context, 0);
  return {
    outputs: [x],
    float: ([input]) => [{ ...input, data: input.data.map((value) => evaluateActivation(activation, value)) }],
    plan: (planner) => emitActivation(planner, activation),
  };
}

/** A tabulated function with its parameters. */
export function checkFunction(context: NodeContext, f: FunctionName, a = 0, b = 0): Meaning {
  return checkActivation(context, { name: "function", f, a, b });
}
