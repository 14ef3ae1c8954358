/**
 * A dApp's side of an inference, with viem: put a payment in escrow for an answer, wait until somebody has proven it, read the
 * answer as real numbers. README.md shows how to run it.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { digitVaultAbi } from "gavel/abi/digit-vault";
import { requestMarketAbi } from "gavel/abi/request-market";
import { loadArtifact } from "gavel/artifact";
import { requestInference, waitForSettlement } from "gavel/client";
import { readInput } from "gavel/input-file";
import { packInput, unpackOutput } from "gavel/prover";
import {
  type Address,
  bytesToHex,
  createPublicClient,
  createWalletClient,
  defineChain,
  formatEther,
  type Hex,
  hexToBytes,
  http,
  type PublicClient,
  parseEther,
  parseEventLogs,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";

const { values: flags } = parseArgs({
  options: {
    rpc: { type: "string", default: "http://127.0.0.1:8545" },
    market: { type: "string" },
    model: { type: "string" },
    artifact: { type: "string" },
    input: { type: "string" },
    sample: { type: "string", default: "0" },
    fee: { type: "string", default: "0.01" },
    vault: { type: "string" },
    "key-file": { type: "string" },
    "timeout-seconds": { type: "string", default: "600" },
  },
});

const market = required("market") as Address;
const key = (flags["key-file"] ? await readFile(flags["key-file"], "utf8") : process.env.GAVEL_PRIVATE_KEY)?.trim();
if (!key) throw new Error("put the sender's private key in GAVEL_PRIVATE_KEY, or give a file with --key-file");

const transport = http(flags.rpc);
const chain = defineChain({
  id: await createPublicClient({ transport }).getChainId(),
  name: "the chain at --rpc",
  nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
  rpcUrls: { default: { http: [flags.rpc] } },
});
const publicClient = createPublicClient({ chain, transport }) as PublicClient;
const wallet = createWalletClient({ account: privateKeyToAccount(key as Hex), chain, transport });

// Real numbers become the integers that the circuit takes, packed as the verifier reads them.
const artifact = await loadArtifact(required("artifact"));
const input = packInput(artifact, await readInput(required("input"), artifact.circuit, Number(flags.sample)));

const { requestId, blockNumber } = flags.vault ? await askThroughVault(flags.vault as Address) : await ask();
console.error(`request ${requestId}: ${flags.fee} ether in escrow`);

const settlement = await waitForSettlement(publicClient, market, requestId, {
  fromBlock: blockNumber,
  timeoutMs: 1000 * Number(flags["timeout-seconds"]),
});
const outputs = unpackOutput(artifact, hexToBytes(settlement.output)).map((tensor) => Array.from(tensor));
console.error(`settled by ${settlement.prover} for ${formatEther(settlement.paidWei)} ether`);
console.log(
  JSON.stringify({ requestId, prover: settlement.prover, callbackOk: settlement.callbackOk ?? null, outputs }),
);

/** Straight to the market: the answer is an event, and whatever this program makes of it. */
async function ask(): Promise<{ requestId: Hex; blockNumber: bigint }> {
  const { timestamp } = await publicClient.getBlock();
  return requestInference(
    { publicClient, wallet },
    {
      market,
      modelId: required("model") as Hex,
      input: bytesToHex(input),
      feeWei: parseEther(flags.fee),
      // Until then a prover may settle; afterwards the market gives the fee back.
      deadline: Number(timestamp) + 3600,
    },
  );
}

/** Through a contract that asks in its own name and acts on the answer when the market calls it back. */
async function askThroughVault(vault: Address): Promise<{ requestId: Hex; blockNumber: bigint }> {
  const hash = await wallet.writeContract({
    address: vault,
    abi: digitVaultAbi,
    functionName: "attempt",
    args: [bytesToHex(input)],
    value: parseEther(flags.fee),
  });
  const { logs, blockNumber } = await publicClient.waitForTransactionReceipt({ hash });
  const [event] = parseEventLogs({ abi: requestMarketAbi, logs, eventName: "RequestSubmitted" });
  if (!event) throw new Error(`transaction ${hash} opened no request`);
  return { requestId: event.args.requestId, blockNumber };
}

function required(name: "market" | "model" | "artifact" | "input"): string {
  const value = flags[name];
  if (value !== undefined) return value;
  throw new Error(`--${name} is missing; README.md lists the flags`);
}
