import type { Tensor } from "../tensor.ts";
import type { Meaning } from "./operator.ts";

/** An operator whose result is known at compile time. */
export function constantly(value: Tensor): Meaning {
  return { outputs: [value], float: () => [value], folded: [value] };
}
