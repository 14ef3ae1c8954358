/** `gavel request`: asks a market for an inference, and waits for its settlement if told to. */
import type { Command } from "commander";
import { type Address, bytesToHex, type Hex, hexToBytes, type PublicClient } from "viem";
import { type Artifact, loadArtifact } from "../../api/artifact.ts";
import { requestInference, waitForSettlement } from "../../api/client.ts";
import { readInput } from "../../api/input-file.ts";
import { packInput, unpackOutput } from "../../api/prover.ts";
import { modelRegistryAbi } from "../../contracts/abi/model-registry.gen.ts";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import { answerText } from "../answer-text.ts";
import { addChainOptions, type ChainOptions, connect } from "../chain.ts";
import type { CommandContext } from "../command.ts";
import { addressOption, etherOption, hexOption, integerOption, OptionError } from "../options.ts";

interface Options extends ChainOptions {
  market: Address;
  model: Hex;
  input: string;
  sample: number;
  fee: bigint;
  callback?: Address;
  callbackGas?: number;
  deadlineSeconds: number;
  wait?: boolean;
}

export function configure(command: Command, { output, env }: CommandContext): void {
  addChainOptions(command)
    .argument("<artifact>", "folder written by `gavel compile`, for the input's scale and layout")
    .requiredOption("--market <address>", "request market", addressOption("--market"))
    .requiredOption("--model <id>", "model id of the registry", hexOption("--model", 32))
    .requiredOption("--input <file>", "JSON input: a nested list, an object by tensor name, or a samples file")
    .option("--sample <n>", "which sample of a samples file; the first of a batch", integerOption("--sample"), 0)
    .requiredOption("--fee <ether>", "what the prover earns", etherOption("--fee"))
    .option("--callback <address>", "consumer to call with the output", addressOption("--callback"))
    .option("--callback-gas <n>", "gas for that call", integerOption("--callback-gas", 1))
    .option(
      "--deadline-seconds <n>",
      "time until the fee can be refunded",
      integerOption("--deadline-seconds", 1),
      3600,
    )
    .option("--wait", "wait for the settlement")
    .action(async (folder: string, options: Options) => {
      requireCallbackWithGas(options);
      const artifact = await loadArtifact(folder);
      requirePublicInputs(artifact);
      const input = packInput(artifact, await readInput(options.input, artifact.circuit, options.sample));
      const clients = await connect(options, env);
      await requireModelOf(artifact, clients.publicClient, options);
      const { timestamp } = await clients.publicClient.getBlock();
      const request = await requestInference(clients, {
        market: options.market,
        modelId: options.model,
        input: bytesToHex(input),
        feeWei: options.fee,
        deadline: Number(timestamp) + options.deadlineSeconds,
        ...(options.callback === undefined
          ? {}
          : { callback: options.callback, callbackGasLimit: options.callbackGas as number }),
      });
      if (!options.wait) {
        output.result(`request ${request.requestId}`, request);
        return;
      }
      output.progress(`request ${request.requestId}: waiting for its settlement`);
      const settlement = await waitForSettlement(clients.publicClient, options.market, request.requestId, {
        fromBlock: request.blockNumber,
      });
      const bytes = hexToBytes(settlement.output);
      const values = unpackOutput(artifact, bytes).map((tensor) => Array.from(tensor));
      output.result(`settled by ${settlement.prover}; output ${answerText(artifact, bytes)}`, {
        ...settlement,
        values,
      });
    });
}

function requireCallbackWithGas({ callback, callbackGas }: Options): void {
  if ((callback === undefined) === (callbackGas === undefined)) return;
  throw new OptionError("a callback and its gas go together", {
    expected: "--callback ADDRESS --callback-gas N, or neither",
    got: callback === undefined ? "--callback-gas alone" : "--callback alone",
    remedy: "without a callback the output is an event; with one, measure what the consumer needs and leave room",
  });
}

/** A request shows what it carries to everybody. */
function requirePublicInputs({ circuit }: Artifact): void {
  const hidden = circuit.inputs.find(({ visibility }) => visibility !== "public");
  if (hidden === undefined) return;
  throw new OptionError(`the model takes input ${hidden.name} ${hidden.visibility}, not public`, {
    expected: "a model with public inputs",
    got: hidden.visibility,
    remedy: "ask from a program: `prover.state` gives what such a request carries (docs/market.md)",
  });
}

/** Another model of the market would take the same bytes for another input. */
async function requireModelOf(artifact: Artifact, client: PublicClient, { market, model }: Options): Promise<void> {
  const registry = await client.readContract({ address: market, abi: requestMarketAbi, functionName: "registry" });
  const { vkDigest } = await client.readContract({
    address: registry,
    abi: modelRegistryAbi,
    functionName: "getModel",
    args: [model],
  });
  const digest = bytesToHex(artifact.verifyingKey.digest);
  if (vkDigest === digest) return;
  throw new OptionError("the model is registered with another verifying key than the artifact's", {
    expected: digest,
    got: vkDigest,
    remedy: "give the artifact that `gavel deploy model` registered, or the id of this one",
  });
}
