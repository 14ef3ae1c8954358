import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** `fail(selector)` with the error's name beside it. */
export function failure(error: string): string {
  const selector = keccak_256(new TextEncoder().encode(`${error}()`)).subarray(0, 4);
  return `fail(0x${bytesToHex(selector)}) /* ${error}() */`;
}
