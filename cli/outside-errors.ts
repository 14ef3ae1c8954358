/** Errors that come from outside the project, a file or a chain, as errors that say what to do. Others pass unchanged. */
import { ContractFunctionRevertedError } from "viem";
import { GavelError } from "../core/errors.ts";

/** A path that was given cannot be read or written, or the machine has no more of what that takes. */
export class FileError extends GavelError {
  override readonly name = "Cli.FileError";
}

/** A chain refused a call, or could not be reached. */
export class ChainError extends GavelError {
  override readonly name = "Cli.ChainError";
}

/** More than a file that is read whole may have: 2 GiB, which is also the most that an ONNX file can be. */
const TOO_LARGE = "ERR_FS_FILE_TOO_LARGE";
const PATH_CODES = ["ENOENT", "EACCES", "EPERM", "EISDIR", "ENOTDIR", "EEXIST", "EROFS"];
/** What the machine has none of, by code. The error of a write names no path. */
const RESOURCES: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EMFILE: "too many files are open",
  EBUSY: "a file is in use",
};
/** viem's names for an endpoint that did not answer. */
const UNREACHABLE = ["HttpRequestError", "TimeoutError", "WebSocketRequestError", "SocketClosedError"];

/** viem's names for an endpoint that answers, but cannot do its work now. */
const OVERLOADED = ["LimitExceededRpcError", "ResourceUnavailableRpcError", "InternalRpcError"];
/** Some nodes call a refusal an internal error. */
const REFUSAL = /revert|insufficient|nonce|underpriced/i;

export function explainOutsideError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof GavelError) return error;
  const { code, path, shortMessage } = error as Error & { code?: unknown; path?: unknown; shortMessage?: unknown };
  if (typeof code === "string" && Object.hasOwn(RESOURCES, code)) {
    return new FileError(`${RESOURCES[code]}${typeof path === "string" ? `: ${path}` : ""}`, {
      got: error.message,
      remedy: "make room, and run the command again: what it was writing is not complete",
      retryable: true,
      cause: error,
    });
  }
  if (typeof code === "string" && typeof path === "string" && PATH_CODES.includes(code)) {
    return new FileError(`cannot use ${path}`, {
      got: error.message,
      remedy: "check the path, and that its folder exists and may be used",
      cause: error,
    });
  }
  if (code === TOO_LARGE) {
    return new FileError("a file is too large", {
      expected: "at most 2 GiB",
      got: error.message,
      remedy: "check the path",
      cause: error,
    });
  }
  // Every error of viem has a short message; what went wrong on the wire is among its causes.
  if (typeof shortMessage !== "string") return error;
  const causes = causesOf(error);
  const isUnreachable = causes.some(({ name }) => UNREACHABLE.includes(name));
  const isOverloaded =
    causes.some(({ name }) => OVERLOADED.includes(name)) && !causes.some(({ message }) => REFUSAL.test(message));
  const retryable = isUnreachable || isOverloaded;
  const problem = isUnreachable ? "could not be reached" : isOverloaded ? "cannot answer now" : "refused the call";
  return new ChainError(`the chain ${problem}`, {
    got: [shortMessage, reasonOf(causes)].filter((part) => part !== undefined).join(" "),
    remedy: retryable ? "check --rpc, and try again" : "check the addresses, the balance and the terms of the call",
    retryable,
    cause: error,
  });
}

/** The contract's own error with its arguments, else what the endpoint said. */
function reasonOf(causes: readonly Error[]): string | undefined {
  const reverted = causes.find((cause) => cause instanceof ContractFunctionRevertedError);
  if (reverted?.data) return `${reverted.data.errorName}(${(reverted.data.args ?? []).join(", ")})`;
  const details = causes.map((cause) => (cause as Error & { details?: unknown }).details);
  return details.find((text): text is string => typeof text === "string" && text !== "");
}

function causesOf(error: Error): Error[] {
  return error.cause instanceof Error ? [error, ...causesOf(error.cause)] : [error];
}
