/** How integers are chosen for real numbers, as far as it is up to the caller. */
import { CompileError } from "../errors.ts";

export const CALIBRATION_METHODS = ["min-max", "percentile", "mean-square"] as const;

/** What becomes the range of a tensor: all values of the samples, all but the rarest, or those that leave the least error. */
export type CalibrationMethod = (typeof CALIBRATION_METHODS)[number];

export const QUANTIZATIONS = ["symmetric", "asymmetric"] as const;

/** Whether tensors with negative values get as many integers below zero as above, or as their ranges need. */
export type Quantization = (typeof QUANTIZATIONS)[number];

export interface QuantizeOptions {
  /** `min-max` when absent. */
  readonly calibrationMethod?: CalibrationMethod;
  /** Values inside the range under `percentile`, in percent, above 50; 99.99 when absent. */
  readonly percentile?: number;
  /** `symmetric` when absent. */
  readonly quantization?: Quantization;
  /** Takes the mean error of rounded weights, over the calibration samples, out of the bias. */
  readonly biasCorrection?: boolean;
}

export class QuantizeOptionError extends CompileError {
  override readonly name = "Compiler.QuantizeOptionError";
}

export function checkQuantizeOptions({ calibrationMethod, percentile }: QuantizeOptions): void {
  if (percentile === undefined) return;
  if (calibrationMethod === "percentile" && percentile > 50 && percentile <= 100) return;
  throw new QuantizeOptionError({
    reason: "the percentile does not fit",
    expected: "a number above 50 and up to 100, with the calibration method percentile",
    got: `${percentile} with ${calibrationMethod ?? "min-max"}`,
    remedy: "give both, or neither",
  });
}
