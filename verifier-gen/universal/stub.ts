/**
 * The code in front of a key: it forwards its call to the universal verifier and returns or reverts with what that answers. This is the
 * minimal proxy of EIP-1167 with STATICCALL in the place of DELEGATECALL, so that the verifier has the key's contract as its caller.
 *
 *     CALLDATASIZE RETURNDATASIZE RETURNDATASIZE CALLDATACOPY        memory = calldata
 *     RETURNDATASIZE x3  CALLDATASIZE  RETURNDATASIZE  PUSH20 verifier  GAS  STATICCALL
 *     RETURNDATASIZE DUP3 DUP1 RETURNDATACOPY                        memory = returned data
 *     SWAP1 RETURNDATASIZE SWAP2 PUSH1 0x2b JUMPI REVERT  JUMPDEST RETURN
 *
 * What follows is never executed.
 */
import { concatBytes } from "../../core/verifying-key.ts";

const bytes = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) as string[], (pair) => Number(`0x${pair}`));

/** With the address behind them and `STUB_HEAD_END`, one word. */
export const STUB_HEAD = bytes("363d3d373d3d3d363d73");
export const STUB_HEAD_END = bytes("5afa");
export const STUB_TAIL = bytes("3d82803e903d91602b57fd5bf3");
export const STUB_TAIL_BYTES = STUB_TAIL.length;
export const STUB_BYTES = 32 + STUB_TAIL_BYTES;

/** `universal` is the verifier's address of 20 bytes. */
export function stubCode(universal: Uint8Array): Uint8Array {
  return concatBytes(STUB_HEAD, universal, STUB_HEAD_END, STUB_TAIL);
}
