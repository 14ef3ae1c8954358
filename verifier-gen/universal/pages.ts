/**
 * The contracts of one model in the universal form: its own, which is the stub with the key behind it, and further pages of the key where
 * it would pass the limit on code. A page is one zero byte (STOP) and data.
 */
import { concatBytes, type VerifyingKey } from "../../core/verifying-key.ts";
import { MAX_CODE_BYTES } from "../code-size.ts";
import { checkKey } from "../key.ts";
import { HEADER_BYTES } from "./header.ts";
import { encodeUniversalKey } from "./key.ts";
import { STUB_BYTES, stubCode } from "./stub.ts";

const words = (bytes: number): number => 32 * Math.floor(bytes / 32);

export interface UniversalKey {
  /** Runtime code of the pages, to be deployed before the model's contract. */
  readonly pages: readonly Uint8Array[];
  /** Runtime code of the model's contract; addresses of 20 bytes. */
  contractCode(universal: Uint8Array, pages: readonly Uint8Array[]): Uint8Array;
  /** Bytes of the model's contract and of its pages together. */
  readonly codeBytes: number;
}

export function universalKey(key: VerifyingKey, maxCodeBytes = MAX_CODE_BYTES): UniversalKey {
  checkKey(key);
  const firstPageBytes = words(maxCodeBytes - STUB_BYTES - HEADER_BYTES);
  const pageBytes = words(maxCodeBytes - 1);
  let count = 0;
  let { header, body } = encodeUniversalKey(key, count);
  while (body.length > firstPageBytes + count * pageBytes) ({ header, body } = encodeUniversalKey(key, ++count));
  const pages = Array.from({ length: count }, (_, i) => {
    const start = firstPageBytes + i * pageBytes;
    return concatBytes(new Uint8Array(1), body.subarray(start, start + pageBytes));
  });
  return {
    pages,
    codeBytes: STUB_BYTES + header.length + body.length + count,
    contractCode(universal, addresses) {
      const first = body.slice(0, firstPageBytes);
      for (const [i, address] of addresses.entries()) first.set(address, 32 * i + 12);
      return concatBytes(stubCode(universal), header, first);
    },
  };
}

/** Creation code that leaves `runtime` as the contract's code: PUSH2 length, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0, RETURN. */
export function creationCode(runtime: Uint8Array): Uint8Array {
  const prefix = [0x61, runtime.length >> 8, runtime.length & 0xff, 0x80, 0x60, 0x0a, 0x5f, 0x39, 0x5f, 0xf3];
  return concatBytes(Uint8Array.from(prefix), runtime);
}
