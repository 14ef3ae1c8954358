/** What a scatter is made of. */
import type { Named } from "./views.ts";

export type ScatterReduction = "none" | "add" | "mul" | "max" | "min";

/** Data as [lanes, places, slab], updates as [lanes, count, slab]: update m of a lane goes to one place of the same lane. */
export interface Lanes {
  readonly data: Named;
  readonly updates: Named;
  /** Components of the places, each [lanes, count]: place = sum of stride · index. */
  readonly indices: readonly { readonly x: Named; readonly stride: number; readonly count: number }[];
}
