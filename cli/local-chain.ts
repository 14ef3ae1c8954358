/** A chain of our own on a loopback port, with the project's contracts built: what the demo and the benchmark run on. */
import {
  type Abi,
  type Address,
  createPublicClient,
  createWalletClient,
  type Hex,
  http,
  type PublicClient,
} from "viem";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";
import type { Wallet } from "../api/client.ts";
import { importHardhat } from "./contracts.ts";

/** Hardhat's public test phrase; its accounts hold play money on every local chain. */
const MNEMONIC = "test test test test test test test test test test test junk";

/** The chain may share its thread with a prover: a call that is asked twice may be sent twice. */
const RPC_TIMEOUT_MS = 120_000;

export interface LocalChain {
  readonly url: string;
  readonly publicClient: PublicClient;
  wallet(index: number): Wallet;
  account(index: number): HDAccount;
  /** Deploys a contract of contracts/ by name. */
  deploy(contractName: string, args: readonly unknown[], valueWei?: bigint): Promise<Address>;
  /** Deploys bytecode. */
  deployCode(abi: Abi, bytecode: Hex, args?: readonly unknown[]): Promise<{ address: Address; gasUsed: bigint }>;
  close(): Promise<void>;
}

export async function startLocalChain(projectRoot: string): Promise<LocalChain> {
  const hre = await importHardhat(projectRoot);
  const server = await hre.network.createServer({ network: "default" }, "127.0.0.1", 0);
  const { address, port } = await server.listen();

  const url = `http://${address}:${port}`;
  const transport = http(url, { timeout: RPC_TIMEOUT_MS });
  const publicClient = createPublicClient({ chain: hardhat, transport, pollingInterval: 50 }) as PublicClient;
  const account = (index: number): HDAccount => mnemonicToAccount(MNEMONIC, { addressIndex: index });
  const wallet = (index: number): Wallet => createWalletClient({ account: account(index), chain: hardhat, transport });
  const deployCode: LocalChain["deployCode"] = async (abi, bytecode, args = []) => deployWith(abi, bytecode, args);

  async function deployWith(abi: Abi, bytecode: Hex, args: readonly unknown[], value?: bigint) {
    const hash = await wallet(0).deployContract({ abi, bytecode, args, ...(value === undefined ? {} : { value }) });
    const receipt = await publicClient.waitForTransactionReceipt({ hash });
    return { address: receipt.contractAddress as Address, gasUsed: receipt.gasUsed };
  }

  return {
    url,
    publicClient,
    wallet,
    account,
    deployCode,
    async deploy(contractName, args, valueWei) {
      const { abi, bytecode } = await hre.artifacts.readArtifact(contractName);
      return (await deployWith(abi as Abi, bytecode as Hex, args, valueWei)).address;
    },
    close: () => server.close(),
  };
}
