/** Lists of a universal key as words of 32 bytes. */
import { elementsPerGroup, signBits } from "../../core/packing.ts";
import type { VerifyingKey } from "../../core/verifying-key.ts";

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

/** Numbers of a tensor, four bytes each: 1 for an output, offset, bytes of all full groups, of one, of the last one, target. */
export function tensorWords({ circuit }: VerifyingKey, target: number): bigint[] {
  let next = target;
  return [circuit.inputs, circuit.outputs].flatMap((tensors, isOutput) => {
    let offset = 0;
    return tensors.flatMap((tensor) => {
      const perGroup = elementsPerGroup(tensor);
      const stride = perGroup * tensor.elementBytes;
      const full = Math.floor(tensor.count / perGroup);
      const rest = tensor.count % perGroup;
      const signs = (size: number): bigint =>
        tensor.signed ? signBits(256n ** BigInt(tensor.elementBytes), size) : 0n;
      const numbers = [isOutput, offset, full * stride, stride, rest * tensor.elementBytes, next, 0, 0];
      offset += tensor.count * tensor.elementBytes;
      next += 32;
      return [numbers.reduce((word, n) => (word << 32n) | BigInt(n), 0n), signs(perGroup), signs(rest)];
    });
  });
}
