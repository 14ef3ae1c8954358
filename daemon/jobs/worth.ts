/** What a payment is worth in wei: ETH is itself, a token by the rate the operator gave. */
import { zeroAddress } from "viem";
import type { Hex } from "../store/requests.ts";

/** A payment of amount `units` in `token` (zero: ETH), in wei; undefined for a token without a rate. */
export type Worth = (token: Hex, units: bigint) => bigint | undefined;

/** The token address that means ETH. */
export const ETH: Hex = zeroAddress;
const RATE_UNITS = 10n ** 18n;

/** Each rate is `address=wei`: what 10^18 of the token's smallest units are worth. */
export function createWorth(tokenRates: readonly string[]): Worth {
  const rates = new Map(
    tokenRates.map((rate) => {
      const [token, wei] = rate.split("=") as [string, string];
      return [token.toLowerCase(), BigInt(wei)];
    }),
  );
  return (token, units) => {
    if (token.toLowerCase() === ETH) return units;
    const rate = rates.get(token.toLowerCase());
    return rate === undefined ? undefined : (units * rate) / RATE_UNITS;
  };
}
