/** Lists of a universal key as words of 32 bytes. */
import type { Circuit } from "../../core/circuit.ts";
import { elementsPerGroup, signBits } from "../../core/packing.ts";
import { placedTensors } from "../../core/statement.ts";

export type Pair = readonly [number, number];

/** Consecutive words as (first, count). */
export function ranges(words: readonly number[]): Pair[] {
  const list: [number, number][] = [];
  for (const word of words) {
    const last = list[list.length - 1];
    if (last !== undefined && last[0] + last[1] === word) last[1]++;
    else list.push([word, 1]);
  }
  return list;
}

const PAIRS_PER_WORD = 4;

/** Pairs of four-byte numbers, four to a word; a pair of zeros ends a list that does not fill its last word. */
export function encodePairs(pairs: readonly Pair[]): bigint[] {
  const words: bigint[] = [];
  for (let i = 0; i < pairs.length; i += PAIRS_PER_WORD) {
    let word = 0n;
    for (let k = 0; k < PAIRS_PER_WORD; k++) {
      const [first, second] = pairs[i + k] ?? [0, 0];
      word = (word << 64n) | (BigInt(first) << 32n) | BigInt(second);
    }
    words.push(word);
  }
  return words;
}

/**
 * Tensors of the statement but private ones. Numbers, four bytes each: 1 for an output, offset of what the statement carries, bytes of all
 * full groups, of one, of the last one, target, offset of the packed bytes in the proof (hashed, else 0), 1 for a commitment.
 */
export function tensorWords(
  circuit: Circuit,
  proofWordBytes: number,
  valuesAt: number,
  commitmentsAt: number,
): bigint[] {
  let [value, commitment] = [valuesAt, commitmentsAt];
  return placedTensors(circuit).flatMap(({ tensor, side, offset, preimageOffset }) => {
    const head = [side === "output" ? 1 : 0, offset];
    if (tensor.visibility === "private") return [];
    if (tensor.visibility === "committed") {
      const numbers = [...head, 0, 0, 0, commitment, 0, 1];
      commitment += 64;
      return [encodeNumbers(numbers), 0n, 0n];
    }
    const perGroup = elementsPerGroup(tensor);
    const stride = perGroup * tensor.elementBytes;
    const full = Math.floor(tensor.count / perGroup);
    const rest = tensor.count % perGroup;
    const signs = (size: number): bigint => (tensor.signed ? signBits(256n ** BigInt(tensor.elementBytes), size) : 0n);
    const preimage = tensor.visibility === "hashed" ? proofWordBytes + preimageOffset : 0;
    const numbers = [...head, full * stride, stride, rest * tensor.elementBytes, value, preimage, 0];
    value += 32;
    return [encodeNumbers(numbers), signs(perGroup), signs(rest)];
  });
}

function encodeNumbers(numbers: readonly number[]): bigint {
  return numbers.reduce((word, n) => (word << 32n) | BigInt(n), 0n);
}
