/** Errors that come from outside the project, a file or a chain, as errors that say what to do. Others pass unchanged. */
import { GavelError } from "../core/errors.ts";

/** A path that was given cannot be read or written. */
export class FileError extends GavelError {
  override readonly name = "Cli.FileError";
}

/** A chain refused a call, or could not be reached. */
export class ChainError extends GavelError {
  override readonly name = "Cli.ChainError";
}

const PATH_CODES = ["ENOENT", "EACCES", "EPERM", "EISDIR", "ENOTDIR", "EEXIST", "EROFS"];
const RESOURCE_CODES = ["ENOSPC", "EMFILE", "EBUSY"];
/** viem's names for an endpoint that did not answer. */
const UNREACHABLE = ["HttpRequestError", "TimeoutError", "WebSocketRequestError", "SocketClosedError"];

export function explainOutsideError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof GavelError) return error;
  const { code, path, shortMessage } = error as Error & { code?: unknown; path?: unknown; shortMessage?: unknown };
  if (typeof code === "string" && typeof path === "string" && [...PATH_CODES, ...RESOURCE_CODES].includes(code)) {
    return new FileError(`cannot use ${path}`, {
      got: error.message,
      remedy: "check the path, and that its folder exists and may be used",
      retryable: RESOURCE_CODES.includes(code),
      cause: error,
    });
  }
  // Every error of viem has a short message; what went wrong on the wire is among its causes.
  if (typeof shortMessage !== "string") return error;
  const isUnreachable = causesOf(error).some(({ name }) => UNREACHABLE.includes(name));
  return new ChainError(isUnreachable ? "the chain could not be reached" : "the chain refused the call", {
    got: shortMessage,
    remedy: isUnreachable ? "check --rpc, and try again" : "check the addresses, the balance and the terms of the call",
    retryable: isUnreachable,
    cause: error,
  });
}

function causesOf(error: Error): Error[] {
  return error.cause instanceof Error ? [error, ...causesOf(error.cause)] : [error];
}
