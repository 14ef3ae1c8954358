/** Operators that only rename indices in row-major order. */
import { inputType, type Meaning, type NodeContext } from "./operator.ts";
import { emitReshape } from "./steps.ts";

export function checkReshape(context: NodeContext, shape: readonly number[]): Meaning {
  const { dtype } = inputType(context, 0);
  return {
    outputs: [{ dtype, shape }],
    float: ([x]) => [{ ...x, shape }],
    plan: emitReshape,
  };
}
