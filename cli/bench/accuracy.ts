/** How well a benchmarked model does its task, where its samples have labels. */
import type { CompileReport } from "../../compiler/report.ts";

export interface TaskAccuracy extends Pick<CompileReport, "metric"> {
  /** Shares from 0 to 1, or R2. */
  readonly float: number;
  readonly integer: number;
  readonly samples: number;
}

/** Null where there are no labels: agreement with the float model alone is not how good a model is. */
export function taskAccuracy({
  against,
  metric,
  accuracyFloat,
  accuracyInteger,
  samples,
}: Pick<CompileReport, "against" | "metric" | "accuracyFloat" | "accuracyInteger" | "samples">): TaskAccuracy | null {
  if (against !== "labels") return null;
  return { metric, float: accuracyFloat, integer: accuracyInteger, samples: samples.count };
}

/** Float, then integer: "97.22 → 97.50 %", "R2 0.3593 → 0.3594". */
export function accuracyText(accuracy: TaskAccuracy | null): string {
  if (accuracy === null) return "";
  const { metric, float, integer } = accuracy;
  if (metric === "r2") return `R2 ${float.toFixed(4)} → ${integer.toFixed(4)}`;
  return `${(100 * float).toFixed(2)} → ${(100 * integer).toFixed(2)} %`;
}
