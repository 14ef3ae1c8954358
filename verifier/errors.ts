import { GavelError } from "../core/errors.ts";

/** The proof does not show its statement. Never retryable: the same bytes fail again. */
export class ProofRejectedError extends GavelError {
  override readonly name: string = "Verifier.ProofRejectedError";
}

/** A word that should be the inverse of z(z^2 - 1) is not. */
export class OpeningHintError extends ProofRejectedError {
  override readonly name = "Verifier.OpeningHintError";
}

/** A sent point is not on the curve. */
export class PointError extends ProofRejectedError {
  override readonly name = "Verifier.PointError";
}

/** The pairing equation fails: some claim, evaluation or opening is false. */
export class PairingError extends ProofRejectedError {
  override readonly name = "Verifier.PairingError";
}
