/** What reading or checking a structured reference string throws. */
import { GavelError } from "../errors.ts";

/** Thrown when bytes are not an SRS file of a known layout. */
export class SrsFormatError extends GavelError {
  override readonly name = "Srs.FormatError";
}

/** Thrown when a file's hash is not the one it was pinned to. */
export class SrsHashError extends GavelError {
  override readonly name = "Srs.HashError";
}

/** Thrown when more points are asked for than a file holds. */
export class SrsTooShortError extends GavelError {
  override readonly name = "Srs.TooShortError";
}

/** Thrown when a G1 record is not a canonical point of y^2 = x^3 + 3. */
export class OffCurveError extends GavelError {
  override readonly name = "Srs.OffCurveError";
  readonly index: number;

  constructor(index: number) {
    super("a G1 power is not on the curve", {
      expected: "coordinates below q with y^2 = x^3 + 3",
      got: `record ${index}`,
      remedy: "download the file again",
    });
    this.index = index;
  }
}

/** Thrown when a power of tau is the point at infinity: tau is zero. */
export class IdentityPowerError extends GavelError {
  override readonly name = "Srs.IdentityPowerError";
}

/** Thrown when the powers do not start at the generator every verifier uses. */
export class GeneratorError extends GavelError {
  override readonly name = "Srs.GeneratorError";
}

/** Thrown when [tau]_2 is not a point of the r-torsion of the twist. */
export class TauG2Error extends GavelError {
  override readonly name = "Srs.TauG2Error";
}

/** Thrown when the G1 points are not successive powers of the tau in G2. */
export class InconsistentPowersError extends GavelError {
  override readonly name = "Srs.InconsistentPowersError";
}

/** Thrown when tau can be guessed, so that anybody could forge proofs. */
export class WeakTauError extends GavelError {
  override readonly name = "Srs.WeakTauError";
}
