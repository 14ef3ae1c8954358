import { GavelError } from "../core/errors.ts";

/** The verifying key cannot stand in a contract. */
export class KeyError extends GavelError {
  override readonly name = "VerifierGen.KeyError";
}

/** The Solidity compiler refused a generated contract: a bug of the generator. */
export class CompileError extends GavelError {
  override readonly name = "VerifierGen.CompileError";
}

/** The name given for a contract is not a Solidity identifier. */
export class NameError extends GavelError {
  override readonly name = "VerifierGen.NameError";
}
