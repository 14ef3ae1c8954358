import { GavelError } from "../core/errors.ts";

/** The input cannot be run through the circuit. */
export class WitnessError extends GavelError {
  override readonly name = "Prover.WitnessError";
}

/** The prover's own consistency check failed: the circuit or the witness is wrong, not the machine. */
export class InconsistentWitnessError extends GavelError {
  override readonly name = "Prover.InconsistentWitnessError";
}

/** The SRS has too few points for the circuit. */
export class SrsTooSmallError extends GavelError {
  override readonly name = "Prover.SrsTooSmallError";
}

/** The caller asked the prover to stop. */
export class CancelledError extends GavelError {
  override readonly name = "Prover.CancelledError";
}

/** A weight reads a table that the prover did not make: the circuit passed validation with variables no product has. */
export class MissingTableError extends GavelError {
  override readonly name = "Prover.MissingTableError";
}

/** Blindings were given for another number of committed tensors, or of hidden columns of weights, than the circuit has. */
export class BlindingCountError extends GavelError {
  override readonly name = "Prover.BlindingCountError";
}
