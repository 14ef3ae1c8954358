/** Generated verifiers on an in-process chain: deployment, calls, and the gas of whole transactions. */
import { network } from "hardhat";
import { bytesToHex, encodeFunctionData, type Hex, toFunctionSelector } from "viem";
import type { Statement } from "../../core/statement.ts";

export interface VerifierChain {
  deploy(bytecode: Hex): Promise<Hex>;
  /** Return data of any call; throws the revert. */
  call(address: Hex, data: Hex, gas?: bigint): Promise<Hex>;
  /** Return data of `verify`; throws the revert. */
  verify(address: Hex, statement: Statement, proof: Uint8Array, gas?: bigint): Promise<Hex>;
  /** Name of the custom error that `verify` reverts with, or "accepted" when it returns 1. */
  outcome(address: Hex, statement: Statement, proof: Uint8Array, gas?: bigint): Promise<string>;
  /** Gas of a transaction that calls `verify`, intrinsic gas and calldata included. */
  transactionGas(address: Hex, statement: Statement, proof: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

const STATEMENT_INPUTS = [
  { name: "proof", type: "bytes" },
  { name: "input", type: "bytes" },
  { name: "output", type: "bytes" },
  { name: "context", type: "bytes32" },
] as const;

export const VERIFY_ABI = [
  {
    type: "function",
    name: "verify",
    stateMutability: "view",
    inputs: STATEMENT_INPUTS,
    outputs: [{ name: "one", type: "uint256" }],
  },
  {
    type: "function",
    name: "pairingInput",
    stateMutability: "view",
    inputs: STATEMENT_INPUTS,
    outputs: [{ name: "words", type: "uint256[12]" }],
  },
] as const;

export function verifyCalldata(
  { input, output, context }: Statement,
  proof: Uint8Array,
  functionName: "verify" | "pairingInput" = "verify",
): Hex {
  const args = [bytesToHex(proof), bytesToHex(input), bytesToHex(output), bytesToHex(context)] as const;
  return encodeFunctionData({ abi: VERIFY_ABI, functionName, args });
}

export const ERRORS = [
  "ProofLength",
  "InputLength",
  "OutputLength",
  "PreimageHash",
  "NonCanonicalWord",
  "OpeningHint",
  "PrecompileFailed",
  "PairingFailed",
  "DevelopmentSrs",
  "MemoryReserved",
  "CallerHasNoKey",
] as const;

/** The innermost revert data of an error thrown by viem. */
function revertData(error: unknown): string | undefined {
  for (
    let cause = error as { cause?: unknown; data?: unknown } | undefined;
    cause;
    cause = cause.cause as typeof cause
  ) {
    if (typeof cause.data === "string" && cause.data.startsWith("0x")) return cause.data;
  }
  return undefined;
}

export function errorName(error: unknown): string {
  const data = revertData(error);
  const name = ERRORS.find((item) => data === toFunctionSelector(`${item}()`));
  if (name === undefined) throw error;
  return name;
}

const ONE = `0x${"1".padStart(64, "0")}`;

const GAS_LIMIT = 16_000_000n;
/** Amsterdam counts 1,530 gas for a byte of code (EIP-8037), outside the limit of a transaction. */
const AMSTERDAM_DEPLOYMENT_GAS_LIMIT = 50_000_000n;

/** A chain of its own; 31337 is the id of development chains. */
export async function createVerifierChain(chainId = 31337, hardfork = "osaka"): Promise<VerifierChain> {
  const isAmsterdam = hardfork === "amsterdam";
  const connection = await network.create({
    override: { chainId, hardfork, ...(isAmsterdam ? { transactionGasCap: AMSTERDAM_DEPLOYMENT_GAS_LIMIT } : {}) },
  });
  const { viem } = connection;
  const client = await viem.getPublicClient();
  const [wallet] = await viem.getWalletClients();
  const call: VerifierChain["call"] = async (to, calldata, gas = GAS_LIMIT) => {
    const { data } = await client.call({ to, data: calldata, gas });
    return data ?? "0x";
  };
  const verify: VerifierChain["verify"] = (address, statement, proof, gas) =>
    call(address, verifyCalldata(statement, proof), gas);
  return {
    async deploy(bytecode) {
      const gas = isAmsterdam ? AMSTERDAM_DEPLOYMENT_GAS_LIMIT : GAS_LIMIT;
      const hash = await wallet.deployContract({ abi: [], bytecode, gas });
      const { contractAddress } = await client.waitForTransactionReceipt({ hash });
      return contractAddress as Hex;
    },
    call,
    verify,
    async outcome(address, statement, proof, gas) {
      try {
        const data = await verify(address, statement, proof, gas);
        return data === ONE ? "accepted" : `returned ${data}`;
      } catch (error) {
        return errorName(error);
      }
    },
    async transactionGas(address, statement, proof) {
      const hash = await wallet.sendTransaction({
        to: address,
        data: verifyCalldata(statement, proof),
        gas: GAS_LIMIT,
      });
      const receipt = await client.waitForTransactionReceipt({ hash });
      return Number(receipt.gasUsed);
    },
    close: () => connection.close(),
  };
}
