/**
 * Canonical bytes of a circuit: JSON with sorted keys for the program, little-endian int32 for the fixed cells.
 *
 * The digest covers the program; the fixed cells enter a verifying key through their commitments.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import type { Circuit } from "./circuit.ts";
import { GavelError } from "./errors.ts";

export class CircuitFormatError extends GavelError {
  override readonly name = "Encoding.CircuitFormatError";
}

export const CIRCUIT_FORMAT = "gavel-circuit-2";

/** JSON text with object keys in alphabetical order, so that equal values have equal text. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

/** The circuit without its fixed cells. */
export function encodeProgram(circuit: Circuit): string {
  const { fixed: _, ...program } = circuit;
  return canonicalJson({ format: CIRCUIT_FORMAT, ...program });
}

export function encodeFixed(circuit: Circuit): Uint8Array {
  const bytes = new Uint8Array(4 * circuit.fixed.length);
  const view = new DataView(bytes.buffer);
  circuit.fixed.forEach((value, i) => {
    view.setInt32(4 * i, value, true);
  });
  return bytes;
}

/**
 * No fixed bytes make a circuit that proofs can be verified for, but not made. Throws CircuitFormatError for text of another format and
 * for a wrong number of fixed bytes; `validateCircuit` checks the rest.
 */
export function decodeCircuit(program: string, fixedBytes: Uint8Array): Circuit {
  const { format, ...circuit } = parseProgram(program);
  if (format !== CIRCUIT_FORMAT) {
    throw new CircuitFormatError("not a circuit of this version", {
      expected: CIRCUIT_FORMAT,
      got: format ?? "no format",
      remedy: "compile the model again with this version",
    });
  }
  const { fixedLength } = circuit;
  if (![0, 4 * fixedLength].includes(fixedBytes.length)) {
    throw new CircuitFormatError("the fixed cells are not those of the circuit", {
      expected: `${4 * fixedLength} bytes, or none to verify only`,
      got: `${fixedBytes.length} bytes`,
      remedy: "copy the files again, or compile the model again",
    });
  }
  const view = new DataView(fixedBytes.buffer, fixedBytes.byteOffset, fixedBytes.byteLength);
  const fixed = Int32Array.from({ length: fixedBytes.length / 4 }, (_, i) => view.getInt32(4 * i, true));
  return { ...circuit, fixed };
}

function parseProgram(program: string): Circuit & { readonly format?: string } {
  try {
    return JSON.parse(program) ?? {};
  } catch (cause) {
    throw new CircuitFormatError("the circuit is not JSON", {
      expected: CIRCUIT_FORMAT,
      got: (cause as Error).message,
      remedy: "copy the file again, or compile the model again",
      cause,
    });
  }
}

/** keccak256 of the program, 32 bytes. */
export function circuitDigest(circuit: Circuit): Uint8Array {
  return keccak_256(new TextEncoder().encode(encodeProgram(circuit)));
}
