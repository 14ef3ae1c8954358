/**
 * A dApp's side of an inference, with ethers: everything on chain goes through an ethers contract made from the package's ABI;
 * the package packs the input and reads the output. README.md shows how to run it.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import {
  Contract,
  type ContractTransactionResponse,
  formatEther,
  getAddress,
  getBytes,
  hexlify,
  JsonRpcProvider,
  type LogDescription,
  parseEther,
  type TransactionReceipt,
  Wallet,
  ZeroAddress,
} from "ethers";
import { digitVaultAbi } from "gavel/abi/digit-vault";
import { requestMarketAbi } from "gavel/abi/request-market";
import { loadArtifact } from "gavel/artifact";
import { readInput } from "gavel/input-file";
import { packInput, unpackOutput } from "gavel/prover";

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
const POLL_MS = 500;

const key = (flags["key-file"] ? await readFile(flags["key-file"], "utf8") : process.env.GAVEL_PRIVATE_KEY)?.trim();
if (!key) throw new Error("put the sender's private key in GAVEL_PRIVATE_KEY, or give a file with --key-file");

const provider = new JsonRpcProvider(flags.rpc, undefined, { pollingInterval: POLL_MS });
const wallet = new Wallet(key, provider);
const market = new Contract(getAddress(required("market")), requestMarketAbi, wallet);
const artifact = await loadArtifact(required("artifact"));

try {
  const { requestId, blockNumber } = await submit();
  const { output, prover, paid, callbackOk } = await settled(requestId, blockNumber);
  const outputs = unpackOutput(artifact, getBytes(output)).map((tensor) => Array.from(tensor));
  console.error(`settled by ${prover} for ${formatEther(paid)} ether`);
  console.log(JSON.stringify({ requestId, prover, callbackOk, outputs }));
} finally {
  provider.destroy();
}

/** Puts the fee in escrow and asks; the market's event names the request. */
async function submit(): Promise<{ requestId: string; blockNumber: number }> {
  // Real numbers become the integers that the circuit takes, packed as the verifier reads them.
  const values = await readInput(required("input"), artifact.circuit, Number(flags.sample));
  const input = hexlify(packInput(artifact, values));
  const transaction = await (flags.vault ? askThroughVault(flags.vault, input) : ask(input));
  const receipt = await transaction.wait();
  const event = receipt && eventsOf(receipt).find(({ name }) => name === "RequestSubmitted");
  if (!event) throw new Error(`transaction ${transaction.hash} opened no request`);
  const { requestId } = event.args;
  console.error(`request ${requestId}: ${flags.fee} ether in escrow`);
  return { requestId, blockNumber: receipt.blockNumber };
}

/** Straight to the market: the answer is an event, and whatever this program makes of it. */
async function ask(input: string): Promise<ContractTransactionResponse> {
  const now = (await provider.getBlock("latest"))?.timestamp ?? Math.floor(Date.now() / 1000);
  const params = {
    modelId: required("model"),
    // The zero address means the sender.
    refundee: ZeroAddress,
    callback: ZeroAddress,
    callbackGasLimit: 0,
    // Until then a prover may settle; afterwards the market gives the fee back.
    deadline: now + 3600,
  };
  return market.getFunction("submit").send(params, input, { value: parseEther(flags.fee) });
}

/** Through a contract that asks in its own name and acts on the answer when the market calls it back. */
function askThroughVault(address: string, input: string): Promise<ContractTransactionResponse> {
  const vault = new Contract(address, digitVaultAbi, wallet);
  return vault.getFunction("attempt").send(input, { value: parseEther(flags.fee) });
}

interface Settled {
  readonly output: string;
  readonly prover: string;
  readonly paid: bigint;
  /** Null when the market had no contract to call back; false when its call failed, which anyone may retry. */
  readonly callbackOk: boolean | null;
}

async function settled(requestId: string, fromBlock: number): Promise<Settled> {
  const endMs = Date.now() + 1000 * Number(flags["timeout-seconds"]);
  const filter = market.filters.RequestSettled(requestId);
  while (Date.now() < endMs) {
    const [log] = await market.queryFilter(filter, fromBlock);
    const receipt = log && (await provider.getTransactionReceipt(log.transactionHash));
    if (receipt) {
      const events = eventsOf(receipt).filter((event) => event.args.requestId === requestId);
      const settlement = events.find(({ name }) => name === "RequestSettled");
      const callback = events.find(({ name }) => name.startsWith("Callback"));
      if (settlement) {
        const { output, prover, paid } = settlement.args;
        return { output, prover, paid, callbackOk: callback ? callback.name === "CallbackSucceeded" : null };
      }
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`request ${requestId} was not settled in time; it still can be, or be refunded after its deadline`);
}

/** The market's own events in a transaction. */
function eventsOf({ logs }: TransactionReceipt): LogDescription[] {
  const own = logs.filter((log) => log.address === market.target);
  return own.map((log) => market.interface.parseLog(log)).filter((event) => event !== null);
}

function required(name: "market" | "model" | "artifact" | "input"): string {
  const value = flags[name];
  if (value !== undefined) return value;
  throw new Error(`--${name} is missing; README.md lists the flags`);
}
