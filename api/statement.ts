/** What a proof is bound to on chain; the twin of contracts/libraries/Context.sol. */
import { type Address, encodeAbiParameters, type Hex, hexToBytes, keccak256 } from "viem";

export interface RequestBinding {
  readonly chainId: number;
  readonly market: Address;
  readonly requestId: Hex;
  /** Who is paid. */
  readonly prover: Address;
}

/** 32 bytes: keccak256(abi.encode(chainId, market, requestId, prover)). */
export function contextOf({ chainId, market, requestId, prover }: RequestBinding): Uint8Array {
  const types = [{ type: "uint256" }, { type: "address" }, { type: "bytes32" }, { type: "address" }] as const;
  return hexToBytes(keccak256(encodeAbiParameters(types, [BigInt(chainId), market, requestId, prover])));
}
