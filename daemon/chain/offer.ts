/** The options of an offer: their bytes as the market takes them, and the price over time (contracts/libraries/Price.sol). */
import { encodeAbiParameters } from "viem";
import type { Hex, OfferOptions } from "../store/requests.ts";

const OPTIONS_TYPE = [
  {
    type: "tuple",
    components: [
      { name: "token", type: "address" },
      { name: "startFee", type: "uint96" },
      { name: "endFee", type: "uint96" },
      { name: "priceFrom", type: "uint40" },
      { name: "priceUntil", type: "uint40" },
      { name: "provers", type: "bytes32" },
      { name: "collateral", type: "uint96" },
      { name: "lockSeconds", type: "uint32" },
    ],
  },
  { type: "bytes32[]" },
] as const;

/** What `settle`, `lock`, `refund` and `quote` take; empty for a request without options. */
export function optionsBytes(options: OfferOptions | null, proverProof: readonly Hex[] = []): Hex {
  return options === null ? "0x" : encodeAbiParameters(OPTIONS_TYPE, [options, proverProof]);
}

/** The price at a time in seconds since 1970, in the token's smallest units. */
export function priceAt({ startFee, endFee, priceFrom, priceUntil }: OfferOptions, timestamp: number): bigint {
  if (timestamp <= priceFrom) return startFee;
  if (timestamp >= priceUntil) return endFee;
  const elapsed = BigInt(timestamp - priceFrom);
  const span = BigInt(priceUntil - priceFrom);
  return endFee < startFee
    ? startFee - ((startFee - endFee) * elapsed) / span
    : startFee + ((endFee - startFee) * elapsed) / span;
}

/** The first second from which a rising price is at least `wanted`; undefined when it never is. */
export function risesTo(options: OfferOptions, wanted: bigint): number | undefined {
  const { startFee, endFee, priceFrom, priceUntil } = options;
  if (startFee >= wanted) return 0;
  if (endFee < wanted) return undefined;
  const rise = endFee - startFee;
  const elapsed = ((wanted - startFee) * BigInt(priceUntil - priceFrom) + rise - 1n) / rise;
  return priceFrom + Number(elapsed);
}
