/** Scores W x + b with constant weights. */
import type { GraphNode } from "../../graph.ts";
import { accumulateContract } from "../../steps/contract.ts";
import { badValue, floatsAttribute } from "../operator.ts";
import type { ScoreSource } from "./scores.ts";

/** weights [count][features] */
export function matrixScores(weights: Float64Array, features: number, bias: readonly number[]): ScoreSource {
  const count = bias.length;
  const part = (x: string) => ({ kind: "contract", x, axis: 1, inN: features, outN: count, weights }) as const;
  return {
    count,
    bias,
    parts: (_planner, x) => [part(x)],
    sums: ({ data }) => {
      const rows = data.length / features;
      const sums = new Float64Array(rows * count);
      accumulateContract(sums, part(""), data, [rows, features]);
      return sums;
    },
  };
}

/** The attribute `coefficients` as `count` rows of weights. */
export function coefficientsOf(node: GraphNode, count: number, features: number): Float64Array {
  const values = floatsAttribute(node, "coefficients") ?? [];
  if (values.length !== count * features)
    badValue(node, `${values.length} coefficients for ${count} sums of ${features} features`, "export the model again");
  return Float64Array.from(values);
}

/** A source of one score s as the two scores [-s, s]. */
export function mirrored(weights: Float64Array, bias: number): { weights: Float64Array; bias: number[] } {
  return { weights: Float64Array.from([...weights.map((value) => -value), ...weights]), bias: [-bias, bias] };
}
