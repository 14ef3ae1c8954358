/**
 * Instructions as bits: target, left, right, addend, each the index of a word of memory in 12 bits; five to a word of 32 bytes.
 *
 *     bits 244..255   the first target; the five bits below it are zero, so that a shift alone gives its address
 *     bits 5..232     the other 19 fields, from the top; a shift and a mask give an address, the mask alone that of the last addend
 *     bits 0..4       zero
 */
export const INSTRUCTIONS_PER_WORD = 5;
/** Words of a turn of the interpreter's loop: programs end with no-operations up to a multiple of them. */
export const WORDS_PER_TURN = 2;
const INDEX_BITS = 12;
const FIRST_SHIFT = 256 - INDEX_BITS - 5;

/** Addresses an instruction can name: multiples of 32 below this. */
export const ADDRESS_LIMIT = 32 * 2 ** INDEX_BITS;
/** Bits of such an address. */
export const ADDRESS_MASK = ADDRESS_LIMIT - 32;

/** Solidity's zero slot. No operation: 0·0 + 0 there. */
export const ZERO_ADDRESS = 0x60;
const NO_OPERATION = [ZERO_ADDRESS, ZERO_ADDRESS, ZERO_ADDRESS, ZERO_ADDRESS] as const;

/** Addresses of target, left, right and addend. */
export type Addresses = readonly [target: number, left: number, right: number, addend: number];

/** Distance to shift a word right, so that field `field` of instruction `position` is an address. */
export function fieldShift(position: number, field: number): { readonly shift: number; readonly isMasked: boolean } {
  const index = 4 * position + field;
  if (index === 0) return { shift: FIRST_SHIFT, isMasked: false };
  return { shift: INDEX_BITS * (4 * INSTRUCTIONS_PER_WORD - 1 - index), isMasked: true };
}

export function encodeInstructions(instructions: readonly Addresses[]): bigint[] {
  const words: bigint[] = [];
  const perTurn = INSTRUCTIONS_PER_WORD * WORDS_PER_TURN;
  const count = perTurn * Math.ceil(instructions.length / perTurn);
  for (let i = 0; i < count; i += INSTRUCTIONS_PER_WORD) {
    let word = 0n;
    for (let position = 0; position < INSTRUCTIONS_PER_WORD; position++) {
      for (const [field, address] of (instructions[i + position] ?? NO_OPERATION).entries())
        word |= BigInt(address) << BigInt(fieldShift(position, field).shift);
    }
    words.push(word);
  }
  return words;
}
