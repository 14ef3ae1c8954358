/**
 * Tensors as bytes on chain, and their value in the opening.
 *
 * Elements stand one after another, big-endian two's complement of elementBytes each (unsigned when the tensor says so). The
 * verifier reads 31-byte groups (fewer where the element size does not divide 31) as base-256^elementBytes numbers with signed
 * digits and sums them with powers of tau: one multiplication per group. Digits are unique because the circuit's tables bound the
 * cells to the element's range.
 */
import type { BoundaryTensor } from "./circuit.ts";
import { GavelError } from "./errors.ts";
import { add, fromBytes, inv, mod, mul, pow } from "./field.ts";
import type { ColumnId, WeightTerm } from "./weights.ts";

export class PackingError extends GavelError {
  override readonly name = "Packing.PackingError";
}

/** Elements of a full group. */
export function elementsPerGroup(tensor: Pick<BoundaryTensor, "elementBytes">): number {
  return Math.floor(31 / tensor.elementBytes);
}

export function packedLength(tensors: readonly BoundaryTensor[]): number {
  return tensors.reduce((sum, tensor) => sum + tensor.count * tensor.elementBytes, 0);
}

/** Smallest and largest integer an element can hold. */
export function elementRange(tensor: Pick<BoundaryTensor, "elementBytes" | "signed">): { lo: number; hi: number } {
  const span = 2 ** (8 * tensor.elementBytes);
  return tensor.signed ? { lo: -span / 2, hi: span / 2 - 1 } : { lo: 0, hi: span - 1 };
}

/** Integers of each tensor, in order, to one byte string. */
export function packTensors(tensors: readonly BoundaryTensor[], values: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(packedLength(tensors));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  tensors.forEach((tensor, t) => {
    const { lo, hi } = elementRange(tensor);
    if (values[t]?.length !== tensor.count) {
      throw new PackingError(`tensor ${tensor.name} has the wrong size`, {
        expected: `${tensor.count} elements of shape [${tensor.shape}]`,
        got: `${values[t]?.length ?? 0} elements`,
        remedy: "give one integer per element, row-major",
      });
    }
    for (let i = 0; i < tensor.count; i++) {
      const value = values[t][i];
      if (!Number.isInteger(value) || value < lo || value > hi) {
        throw new PackingError(`element ${i} of tensor ${tensor.name} is out of range`, {
          expected: `an integer from ${lo} to ${hi}`,
          got: String(value),
          remedy: "quantize the tensor with the scale of the artifact",
        });
      }
      if (tensor.elementBytes === 1) view.setUint8(offset, value & 0xff);
      else if (tensor.elementBytes === 2) view.setUint16(offset, value & 0xffff);
      else view.setUint32(offset, value >>> 0);
      offset += tensor.elementBytes;
    }
  });
  return bytes;
}

/** The inverse of `packTensors`. */
export function unpackTensors(tensors: readonly BoundaryTensor[], bytes: Uint8Array): Int32Array[] {
  if (bytes.length !== packedLength(tensors)) {
    throw new PackingError("packed tensors have the wrong length", {
      expected: `${packedLength(tensors)} bytes`,
      got: `${bytes.length} bytes`,
      remedy: "use the byte layout of the artifact's report",
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  return tensors.map((tensor) => {
    const values = new Int32Array(tensor.count);
    for (let i = 0; i < tensor.count; i++, offset += tensor.elementBytes) values[i] = readElement(view, offset, tensor);
    return values;
  });
}

function readElement(view: DataView, offset: number, { elementBytes, signed }: BoundaryTensor): number {
  if (elementBytes === 1) return signed ? view.getInt8(offset) : view.getUint8(offset);
  if (elementBytes === 2) return signed ? view.getInt16(offset) : view.getUint16(offset);
  return signed ? view.getInt32(offset) : view.getUint32(offset);
}

/** sum_g tau^g · (group g as a number with digits x_k): the value of the tensor's claim. */
export function packedValue(tensor: BoundaryTensor, bytes: Uint8Array, tau: bigint): bigint {
  const perGroup = elementsPerGroup(tensor);
  const digit = 256n ** BigInt(tensor.elementBytes);
  let value = 0n;
  let power = 1n;
  for (let first = 0; first < tensor.count; first += perGroup) {
    const size = Math.min(perGroup, tensor.count - first);
    const group = bytes.subarray(first * tensor.elementBytes, (first + size) * tensor.elementBytes);
    const number = fromBytes(group);
    const bias = tensor.signed ? signBits(digit, size) : 0n;
    value = add(value, mul(power, mod((number ^ bias) - bias)));
    power = mul(power, tau);
  }
  return value;
}

/** The sign bit of each digit: two's complement d is (d xor sign) - sign. */
export function signBits(digit: bigint, size: number): bigint {
  let bits = 0n;
  for (let k = 0; k < size; k++) bits = bits * digit + digit / 2n;
  return bits;
}

/** Weights of the tensor's claim: full groups, then the last partial group. */
export function packedWeights(tensor: BoundaryTensor, column: ColumnId, offset: number): WeightTerm[] {
  const perGroup = elementsPerGroup(tensor);
  const full = Math.floor(tensor.count / perGroup);
  const rest = tensor.count % perGroup;
  const digit = pow(256n, tensor.elementBytes);
  const ratio = inv(digit);
  const digits = (n: number) => ({ kind: "plain", n, cell: 1, row: 0, base: ratio }) as const;
  const terms: WeightTerm[] = [];
  if (full > 0) {
    const groups = { kind: "plain", n: full, cell: perGroup, row: 1 } as const;
    terms.push({ column, offset, coef: pow(digit, perGroup - 1), tauPower: 0, axes: [groups, digits(perGroup)] });
  }
  if (rest > 0) {
    terms.push({
      column,
      offset: offset + full * perGroup,
      coef: pow(digit, rest - 1),
      tauPower: full,
      axes: [digits(rest)],
    });
  }
  return terms;
}
