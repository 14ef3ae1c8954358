/**
 * The root of every error Gavel throws.
 *
 * An error says what was expected, what came, what to do about it, and whether trying again can help.
 * Subclasses set `name` to 'Module.SomethingError'; callers test the name or the class, never the text.
 */
export interface ErrorDetails {
  /** What the code needed. */
  readonly expected?: string;
  /** What it was given instead. */
  readonly got?: string;
  /** What the reader can do about it. */
  readonly remedy?: string;
  /** True when the same call may succeed later (network, busy resource); false for bad input or a broken proof. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

export class GavelError extends Error {
  override readonly name: string = "GavelError";
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly remedy: string | undefined;
  readonly retryable: boolean;

  constructor(message: string, details: ErrorDetails = {}) {
    super(describe(message, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.expected = details.expected;
    this.got = details.got;
    this.remedy = details.remedy;
    this.retryable = details.retryable ?? false;
  }
}

function describe(message: string, details: ErrorDetails): string {
  const parts = [message];
  if (details.expected !== undefined) parts.push(`expected: ${details.expected}`);
  if (details.got !== undefined) parts.push(`got: ${details.got}`);
  if (details.remedy !== undefined) parts.push(`remedy: ${details.remedy}`);
  return parts.join("\n  ");
}
