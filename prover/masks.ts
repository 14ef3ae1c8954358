/**
 * The random cells that make a proof zero-knowledge; all zero when it is not asked for. Layout in `core/layout.ts`.
 *
 * Randomness comes from the platform's secure source only.
 */
import type { Circuit } from "../core/circuit.ts";
import { R } from "../core/field.ts";
import { BLOCKS, type Block } from "../core/layout.ts";

/** maskRows values per block. */
export type Masks = Readonly<Record<Block, readonly bigint[]>>;

/** `count` uniform field elements: 384 random bits each, reduced, so the bias is below 2^-129. */
export function randomScalars(count: number): bigint[] {
  const words = new BigUint64Array(6 * count);
  for (let start = 0; start < words.length; start += 8192) crypto.getRandomValues(words.subarray(start, start + 8192));
  return Array.from({ length: count }, (_, i) => {
    let value = 0n;
    for (const word of words.subarray(6 * i, 6 * i + 6)) value = (value << 64n) | word;
    return value % R;
  });
}

export function drawMasks(circuit: Circuit, zeroKnowledge: boolean): Masks {
  const draw = (): bigint[] => (zeroKnowledge ? randomScalars(circuit.maskRows) : new Array(circuit.maskRows).fill(0n));
  return Object.fromEntries(BLOCKS.map((block) => [block, draw()])) as Record<Block, bigint[]>;
}
