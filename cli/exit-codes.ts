/**
 * What the exit code of `gavel` means, and the code for each error.
 *
 * 1 and 75 follow from the error's own `retryable`; 2 is kept for one answer, "this proof is not valid", so that a
 * script can tell it from a command that could not do its work.
 */
import { CommanderError } from "commander";
import { GavelError } from "../core/errors.ts";

export const ExitCode = { ok: 0, badInput: 1, proofRejected: 2, internal: 70, retryable: 75 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The command worked, and its answer is that the proof does not hold. `cause` says which check failed. */
export class ProofRejectedError extends GavelError {
  override readonly name = "Cli.ProofRejectedError";

  constructor(cause: Error) {
    super(`The proof was rejected: ${cause.message}`, { cause });
  }
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.badInput;
  if (error instanceof ProofRejectedError) return ExitCode.proofRejected;
  if (error instanceof GavelError) return error.retryable ? ExitCode.retryable : ExitCode.badInput;
  return ExitCode.internal;
}
