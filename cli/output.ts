/**
 * The two voices of the command line: progress for people on stderr, the answer on stdout.
 *
 * With `--json`, stdout carries exactly one line, written last: the result as an object, or {"error":{…}}.
 */
import { CommanderError } from "commander";
import { CompileError } from "../compiler/errors.ts";
import { GavelError } from "../core/errors.ts";

export interface Output {
  /** True when the answer is wanted as JSON. */
  readonly json: boolean;
  /** One line about work under way. */
  progress(line: string): void;
  /** What the command was asked for; call once, at the end. */
  result(text: string, data: object): void;
  /** Reports what stopped the command. */
  error(error: unknown): void;
}

export interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** `isJson` is asked at each use, because options are parsed after the output exists. */
export function createOutput(isJson: () => boolean, streams: Streams = process): Output {
  const jsonLine = (value: object) => streams.stdout.write(`${toJson(value)}\n`);
  return {
    get json() {
      return isJson();
    },
    progress: (line) => void streams.stderr.write(`${line}\n`),
    result: (text, data) => void (isJson() ? jsonLine(data) : streams.stdout.write(`${text}\n`)),
    error: (error) => {
      // Commander has already written its own message.
      if (!(error instanceof CommanderError)) streams.stderr.write(`${errorText(error)}\n`);
      if (isJson()) jsonLine({ error: errorData(error) });
    },
  };
}

/** JSON in which bigints are decimal strings and byte arrays are 0x-hex strings. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return item.toString();
    if (item instanceof Uint8Array)
      return `0x${Array.from(item, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    return item;
  });
}

function errorText(error: unknown): string {
  if (error instanceof GavelError) return `${error.name}: ${error.message}`;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This is a fault in gavel, not in what you gave it. Please report it with these lines:\n${detail}`;
}

function errorData(error: unknown): object {
  if (!(error instanceof GavelError)) {
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    return { name, message, retryable: false };
  }
  const { name, message, expected, got, remedy, retryable } = error;
  const place = error instanceof CompileError ? { node: error.node ?? null, op: error.op ?? null } : {};
  const reason = error instanceof CompileError ? error.reason : message.split("\n", 1)[0];
  return { name, ...place, reason, remedy: remedy ?? null, expected, got, message, retryable };
}
