/**
 * What the compiler refuses, and why. Every error names the node and operator it is about when there is one.
 */
import { GavelError } from "../core/errors.ts";

export interface CompileDetails {
  readonly node?: string | undefined;
  readonly op?: string | undefined;
  readonly reason: string;
  readonly remedy: string;
  readonly expected?: string;
  readonly got?: string;
  readonly cause?: unknown;
}

export class CompileError extends GavelError {
  override readonly name: string = "Compiler.CompileError";
  readonly node: string | undefined;
  readonly op: string | undefined;
  readonly reason: string;

  constructor(details: CompileDetails) {
    const place =
      details.node === undefined ? "" : ` at node ${details.node}${details.op === undefined ? "" : ` (${details.op})`}`;
    super(`${details.reason}${place}`, {
      remedy: details.remedy,
      ...(details.expected === undefined ? {} : { expected: details.expected }),
      ...(details.got === undefined ? {} : { got: details.got }),
      ...(details.cause === undefined ? {} : { cause: details.cause }),
    });
    this.node = details.node;
    this.op = details.op;
    this.reason = details.reason;
  }
}

/** The bytes are not an ONNX model this compiler can read. */
export class ModelFormatError extends CompileError {
  override readonly name = "Compiler.ModelFormatError";
}

/** An operator, attribute or type that has no integer meaning here. */
export class UnsupportedError extends CompileError {
  override readonly name = "Compiler.UnsupportedError";
}

/** Shapes that do not fit together, or are not known. */
export class ShapeError extends CompileError {
  override readonly name = "Compiler.ShapeError";
}

/** Names that point nowhere, twice, or in a circle. */
export class GraphError extends CompileError {
  override readonly name = "Compiler.GraphError";
}

/** Constants that are not finite numbers. */
export class ValueError extends CompileError {
  override readonly name = "Compiler.ValueError";
}

/** A bound of the proof system: accumulator, table, rows. */
export class CapacityError extends CompileError {
  override readonly name = "Compiler.CapacityError";
}

/** Calibration or test samples that do not fit the model. */
export class SamplesError extends CompileError {
  override readonly name = "Compiler.SamplesError";
}

/** No choice of bits answers as well as was asked for. */
export class AccuracyGoalError extends CompileError {
  override readonly name = "Compiler.AccuracyGoalError";
}
