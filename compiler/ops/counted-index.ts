/** Indices that the model computes, counted from 0: one that may be negative counts from the end of its axis. */
import type { Activation } from "../activation.ts";
import type { IndexRange, LinearStep, Part } from "../program.ts";
import type { Planner } from "./operator.ts";
import { emitLinear, scaled } from "./steps.ts";
import type { Named } from "./views.ts";

export const rangeOf = (count: number): IndexRange => ({ lo: 0, hi: count - 1 });

/** `x` itself where it cannot be negative, else x + count - count·[x >= 0], for x of -count .. count - 1. */
export function countedFromStart(planner: Planner, x: Named, count: number): Named {
  if (!canBeNegative(planner, x.name)) return x;
  const bit = { name: planner.fresh(`${x.name} from the start`), shape: x.shape };
  const activation: Activation = { name: "function", f: "isNotNegative", a: 0, b: 0 };
  const range = { lo: -count, hi: count - 1 };
  emitLinear(planner, bit, { parts: [scaled(x.name, 1)], activation, indexRanges: [range] });
  const counted = { name: planner.fresh(`${x.name} counted`), shape: x.shape };
  emitLinear(planner, counted, {
    parts: [scaled(x.name, 1), scaled(bit.name, -count)],
    bias: { shape: [], data: Float64Array.of(count) },
    activation: { name: "clip", ...rangeOf(count) },
    indexRanges: [range],
  });
  return counted;
}

/** False of inputs, of chosen classes and ranks, and of what is made of such numbers without taking any away. */
function canBeNegative(planner: Planner, name: string): boolean {
  const step = planner.producer(name);
  switch (step?.kind) {
    case undefined:
    case "argMax":
    case "rank":
      return false;
    case "maxPool":
      return canBeNegative(planner, step.x);
    case "view":
      return step.inputs.some((input) => canBeNegative(planner, input));
    case "gather":
      return step.source.kind === "tensor"
        ? canBeNegative(planner, step.source.x)
        : step.source.values.some((value) => value < 0);
    case "linear":
      return canSumBeNegative(planner, step);
  }
}

function canSumBeNegative(planner: Planner, { activation, bias, parts }: LinearStep): boolean {
  if (activation.name === "clip" || activation.name === "integers") {
    if (activation.lo >= 0) return false;
  } else if (activation.name === "function") {
    return !["isNotNegative", "isPositive", "isZero", "abs"].includes(activation.f);
  } else if (activation.name !== "none") return true;
  return bias.data.some((value) => value < 0) || parts.some((part) => canPartBeNegative(planner, part));
}

function canPartBeNegative(planner: Planner, part: Part): boolean {
  switch (part.kind) {
    case "scale":
      return part.factors.some((factor) => factor < 0) || canBeNegative(planner, part.x);
    case "sum":
      return part.factor < 0 || canBeNegative(planner, part.x);
    case "contract":
      return part.weights.some((weight) => weight < 0) || canBeNegative(planner, part.x);
    case "product":
      return part.factor < 0 || canBeNegative(planner, part.x) || canBeNegative(planner, part.y);
    default:
      return true;
  }
}
