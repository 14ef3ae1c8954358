/** An existing chain, from an RPC address and a key in a file or the environment: never a key on the command line. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { createPublicClient, createWalletClient, defineChain, type Hex, http, isHex, type PublicClient } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Clients } from "../api/client.ts";
import type { CommandContext } from "./command.ts";
import { OptionError } from "./options.ts";

export interface ChainOptions {
  rpc: string;
  keyFile?: string;
}

export function addChainOptions(command: Command): Command {
  return command
    .requiredOption("--rpc <url>", "RPC address of the chain")
    .option("--key-file <file>", "file with the sender's private key as hex; GAVEL_PRIVATE_KEY by default");
}

/** A call that is asked twice may be sent twice. */
const RPC_TIMEOUT_MS = 60_000;

export async function connect({ rpc, keyFile }: ChainOptions, env: CommandContext["env"]): Promise<Clients> {
  const key = (keyFile === undefined ? env.GAVEL_PRIVATE_KEY : await readFile(keyFile, "utf8"))?.trim();
  if (!isHex(key) || key.length !== 66) {
    throw new OptionError("there is no usable private key", {
      expected: "0x and 64 hex digits in --key-file or GAVEL_PRIVATE_KEY",
      got: key === undefined ? "nothing" : "something else",
    });
  }
  const transport = http(rpc, { timeout: RPC_TIMEOUT_MS });
  const id = await createPublicClient({ transport }).getChainId();
  const nativeCurrency = { name: "Ether", symbol: "ETH", decimals: 18 };
  const chain = defineChain({ id, name: `chain ${id}`, nativeCurrency, rpcUrls: { default: { http: [rpc] } } });
  const publicClient = createPublicClient({ chain, transport }) as PublicClient;
  return { publicClient, wallet: createWalletClient({ account: privateKeyToAccount(key as Hex), chain, transport }) };
}
