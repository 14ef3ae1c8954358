/** Readers of command-line values, each with a typed error. */
import { isAddress, isHex, parseEther } from "viem";
import type { ChainedInput } from "../api/chained-input.ts";
import type { VisibilityChoice } from "../compiler/visibility.ts";
import { VISIBILITIES } from "../core/circuit.ts";
import { GavelError } from "../core/errors.ts";
import { HASH_DIGITS, type PinnedHash } from "../srs/source.ts";

export class OptionError extends GavelError {
  override readonly name = "Cli.OptionError";
}

/** An integer from `least` to `most`, both included. */
export function integerOption(name: string, least = 0, most = Number.POSITIVE_INFINITY): (text: string) => number {
  const expected = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new OptionError(`${name} is not valid`, { expected: `an integer ${expected}`, got: text });
  };
}

/** A power of two of at least `least`. */
export function powerOfTwoOption(name: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isSafeInteger(Math.log2(value)) && value >= least) return value;
    throw new OptionError(`${name} is not valid`, { expected: `a power of two of at least ${least}`, got: text });
  };
}

/** A number of at least `least`. */
export function numberOption(name: string, least = 0): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && value >= least) return value;
    throw new OptionError(`${name} is not valid`, { expected: `a number of at least ${least}`, got: text });
  };
}

/** Ether with up to 18 decimals, as wei. */
export function etherOption(name: string): (text: string) => bigint {
  return (text) => {
    if (/^\d+(\.\d{1,18})?$/.test(text)) return parseEther(text);
    throw new OptionError(`${name} is not valid`, { expected: "ether, such as 0.01", got: text });
  };
}

export function hexOption(name: string, bytes: number): (text: string) => `0x${string}` {
  return (text) => {
    if (isHex(text) && text.length === 2 + 2 * bytes) return text;
    throw new OptionError(`${name} is not valid`, { expected: `0x and ${2 * bytes} hex digits`, got: text });
  };
}

/** `sha256:` or `blake2b512:` and as many hex digits as that hash has. */
export function fileHashOption(name: string): (text: string) => PinnedHash {
  return (text) => {
    const [, algorithm, hex = ""] = /^(sha256|blake2b512):([0-9a-fA-F]+)$/.exec(text) ?? [];
    const pinned = { algorithm: algorithm as PinnedHash["algorithm"], hex };
    if (algorithm !== undefined && hex.length === HASH_DIGITS[pinned.algorithm]) return pinned;
    throw new OptionError(`${name} is not valid`, {
      expected: "sha256: and 64 hex digits, or blake2b512: and 128",
      got: text,
    });
  };
}

export function addressOption(name: string): (text: string) => `0x${string}` {
  return (text) => {
    if (isAddress(text)) return text;
    throw new OptionError(`${name} is not an address`, { expected: "0x and 40 hex digits", got: text });
  };
}

/** `public`, or NAME=public to add to those given before. */
export function addVisibility(option: string): (text: string, before?: VisibilityChoice) => VisibilityChoice {
  return (text, before) => {
    const equals = text.lastIndexOf("=");
    const visibility = VISIBILITIES.find((item) => item === text.slice(equals + 1));
    const mixed = equals > 0 ? typeof before === "string" : before !== undefined;
    if (visibility !== undefined && equals !== 0 && !mixed)
      return equals < 0 ? visibility : { ...(before as object), [text.slice(0, equals)]: visibility };
    throw new OptionError(`${option} is not valid`, {
      expected: `${VISIBILITIES.join(", ")} once for all tensors, or NAME=${VISIBILITIES.join("|")} for each`,
      got: text,
    });
  };
}

/** Adds one [INPUT=]FOLDER[#OUTPUT] to those given before. */
export function addChainedInput(text: string, before: readonly ChainedInput[] = []): readonly ChainedInput[] {
  const [, input, artifact, output] = /^(?:([^=]+)=)?([^=#]+)(?:#(.+))?$/.exec(text) ?? [];
  if (artifact === undefined)
    throw new OptionError("--after is not valid", { expected: "FOLDER, or INPUT=FOLDER#OUTPUT", got: text });
  return [
    ...before,
    { artifact, ...(input === undefined ? {} : { input }), ...(output === undefined ? {} : { output }) },
  ];
}

/** Adds one NAME=VALUE to those given before. */
export function addBinding(text: string, bindings: Record<string, number>): Record<string, number> {
  const [name, value] = text.split("=");
  const size = Number(value);
  if (name && Number.isSafeInteger(size) && size > 0) return { ...bindings, [name]: size };
  throw new OptionError("--bind is not valid", { expected: "NAME=VALUE with a positive integer", got: text });
}
