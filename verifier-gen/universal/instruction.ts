/**
 * Instructions as bits: target, left, right, addend, each the index of a word of memory in 12 bits; five to a word of 32 bytes, from the
 * top, and 16 bits unused. An index and its field stand so that one shift and one mask give an address.
 */
export const INSTRUCTIONS_PER_WORD = 5;
const INDEX_BITS = 12;
const UNUSED_BITS = 16;

/** Addresses an instruction can name: multiples of 32 below this. */
export const ADDRESS_LIMIT = 32 * 2 ** INDEX_BITS;
/** Bits of such an address. */
export const ADDRESS_MASK = ADDRESS_LIMIT - 32;

/** Solidity's zero slot. No operation: 0·0 + 0 there. */
export const ZERO_ADDRESS = 0x60;
const NO_OPERATION = [ZERO_ADDRESS, ZERO_ADDRESS, ZERO_ADDRESS, ZERO_ADDRESS] as const;

/** Addresses of target, left, right and addend. */
export type Addresses = readonly [target: number, left: number, right: number, addend: number];

/** Distance to shift a word right, so that field `field` of instruction `position` is an address under the mask. */
export function fieldShift(position: number, field: number): number {
  const fields = 4 * INSTRUCTIONS_PER_WORD;
  return UNUSED_BITS + INDEX_BITS * (fields - 1 - 4 * position - field) - 5;
}

export function encodeInstructions(instructions: readonly Addresses[]): bigint[] {
  const words: bigint[] = [];
  for (let i = 0; i < instructions.length; i += INSTRUCTIONS_PER_WORD) {
    let word = 0n;
    for (let position = 0; position < INSTRUCTIONS_PER_WORD; position++) {
      for (const [field, address] of (instructions[i + position] ?? NO_OPERATION).entries())
        word |= BigInt(address) << BigInt(fieldShift(position, field));
    }
    words.push(word);
  }
  return words;
}
