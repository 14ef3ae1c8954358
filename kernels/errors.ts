/** What the vector engines throw. Callers test `name` or the class. */
import { GavelError } from "../core/errors.ts";

/** Thrown when lengths, offsets or indices do not fit together. */
export class ShapeError extends GavelError {
  override readonly name = "Kernels.ShapeError";
}

/** Thrown when a scalar is not a canonical bigint in [0, r). */
export class ScalarRangeError extends GavelError {
  override readonly name = "Kernels.ScalarRangeError";
}

/** Thrown when a vector is used after `release` freed it, or with an engine that does not own it. */
export class ReleasedVectorError extends GavelError {
  override readonly name = "Kernels.ReleasedVectorError";
}

/** Thrown by `batchInverse` when an element is zero. */
export class ZeroInverseError extends GavelError {
  override readonly name = "Kernels.ZeroInverseError";
  readonly index: number;

  constructor(index: number) {
    super("zero has no inverse", {
      expected: "nonzero elements",
      got: `zero at index ${index}`,
      remedy: "draw another challenge, or exclude the element",
    });
    this.index = index;
  }
}

/** Thrown when an allocation would pass the memory limit of the engine. */
export class MemoryExhaustedError extends GavelError {
  override readonly name = "Kernels.MemoryExhaustedError";
}

/** Thrown when a worker thread failed; the cause is what it threw. */
export class WorkerFailedError extends GavelError {
  override readonly name = "Kernels.WorkerFailedError";
}

/** Thrown when an engine is used after `close`. */
export class EngineClosedError extends GavelError {
  override readonly name = "Kernels.EngineClosedError";

  constructor() {
    super("the engine is closed", { remedy: "create another engine" });
  }
}

/** Thrown when the engine is created with options outside their range. */
export class EngineOptionsError extends GavelError {
  override readonly name = "Kernels.EngineOptionsError";
}

/** Thrown when a compiled kernel disagrees with BigInt at start-up, on both arithmetic paths. */
export class SelfTestError extends GavelError {
  override readonly name = "Kernels.SelfTestError";
}
