/** What stops the daemon or one of its jobs. `retryable` decides whether a job is tried again and the exit code. */
import { GavelError } from "../core/errors.ts";

/** A configuration that cannot be run. */
export class ConfigError extends GavelError {
  override readonly name = "Daemon.ConfigError";
}

/** The database folder belongs to another process, or the database cannot be used. */
export class StoreError extends GavelError {
  override readonly name = "Daemon.StoreError";
}

/** Another worker has taken the request over, or its state has moved on: the result is not written. */
export class StaleLeaseError extends GavelError {
  override readonly name = "Daemon.StaleLeaseError";
}

/** No endpoint gave a usable answer. */
export class RpcError extends GavelError {
  override readonly name = "Daemon.RpcError";
}

/** The chain is not the one configured, or contradicts what it said before. */
export class ChainMismatchError extends GavelError {
  override readonly name = "Daemon.ChainMismatchError";
}

/** The remote signer did not sign, or signed something else. */
export class SignerError extends GavelError {
  override readonly name = "Daemon.SignerError";
}

/** The input of a request was not found where it should be, or was another. */
export class InputFetchError extends GavelError {
  override readonly name = "Daemon.InputFetchError";
}

/** The prover process failed, took too long, or made a proof that does not verify. */
export class ProvingError extends GavelError {
  override readonly name = "Daemon.ProvingError";
}

/** Proving was stopped on purpose. */
export class ProvingCancelledError extends GavelError {
  override readonly name = "Daemon.ProvingCancelledError";
}
