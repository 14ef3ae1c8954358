/**
 * Two models, one after the other, settled on a market: the first one's output is committed, and the second takes the commitment as its
 * input. One key asks and proves for both here; each model can have its own prover. README.md lists the flags.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type OpenRequest, requestInference, settle } from "gavel/client";
import { readInput } from "gavel/input-file";
import { type ModelProver, openProver, unpackOutput } from "gavel/prover";
import { outputAsInput } from "gavel/secrets-file";
import { contextOf } from "gavel/statement";
import {
  type Address,
  bytesToHex,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hex,
  http,
  type PublicClient,
  parseEther,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";

const { values: flags } = parseArgs({
  options: {
    rpc: { type: "string", default: "http://127.0.0.1:8545" },
    market: { type: "string" },
    "features-model": { type: "string" },
    "features-artifact": { type: "string" },
    "digit-model": { type: "string" },
    "digit-artifact": { type: "string" },
    input: { type: "string" },
    sample: { type: "string", default: "0" },
    "key-file": { type: "string" },
  },
});

const FEE = parseEther("0.01");

const market = required("market") as Address;
const key = (flags["key-file"] ? await readFile(flags["key-file"], "utf8") : process.env.GAVEL_PRIVATE_KEY)?.trim();
if (!key) throw new Error("put the sender's private key in GAVEL_PRIVATE_KEY, or give a file with --key-file");

const transport = http(flags.rpc);
const chainId = await createPublicClient({ transport }).getChainId();
const chain = defineChain({
  id: chainId,
  name: "the chain at --rpc",
  nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
  rpcUrls: { default: { http: [flags.rpc] } },
});
const publicClient = createPublicClient({ chain, transport }) as PublicClient;
const wallet = createWalletClient({ account: privateKeyToAccount(key as Hex), chain, transport });
const clients = { publicClient, wallet };

const features = await openProver(required("features-artifact"));
const digit = await openProver(required("digit-artifact"));

// Nobody but the prover sees the image or its features: the request carries a commitment to the image.
const image = features.pack(await readInput(required("input"), features.artifact.circuit, Number(flags.sample)));
const first = await answer(features, "features-model", image, features.state(image).blindings);
console.error(`features are committed to: ${bytesToHex(first.output)}`);

// The same tensor under the same commitment: packed bytes and blindings are what the first proof hides.
const { input, blindings } = outputAsInput(first.secrets, digit.artifact.circuit);
const second = await answer(digit, "digit-model", input, blindings);
const [logits] = unpackOutput(digit.artifact, second.output);
await features.close();
await digit.close();
console.log(
  JSON.stringify({
    features: bytesToHex(first.output),
    readFeatures: bytesToHex(second.input),
    digit: logits.indexOf(Math.max(...logits)),
  }),
);

/** Asks for an inference of the packed input, proves it and settles it. */
async function answer(
  prover: ModelProver,
  model: "features-model" | "digit-model",
  packed: Uint8Array,
  givenBlindings: readonly bigint[],
) {
  const stated = prover.state(packed, givenBlindings);
  const { requestId, terms } = await ask(required(model) as Hex, stated.input);
  const context = contextOf({ chainId, market, requestId, prover: wallet.account.address });
  const proof = prover.prove(packed, context, { blindings: stated.blindings });
  const [input, output, bytes] = [proof.input, proof.output, proof.proof].map((part) => bytesToHex(part));
  await settle(clients, market, { requestId, terms, input, output, proof: bytes, prover: wallet.account.address });
  return proof;
}

async function ask(modelId: Hex, input: Uint8Array): Promise<OpenRequest> {
  const { timestamp } = await publicClient.getBlock();
  return requestInference(clients, {
    market,
    modelId,
    input: bytesToHex(input),
    feeWei: FEE,
    deadline: Number(timestamp) + 3600,
  });
}

function required(
  name: "market" | "features-model" | "features-artifact" | "digit-model" | "digit-artifact" | "input",
): string {
  const value = flags[name];
  if (value !== undefined) return value;
  throw new Error(`--${name} is missing; README.md lists the flags`);
}
