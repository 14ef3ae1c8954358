/** `gavel request`: asks a market for an inference, and waits for its settlement if told to. */
import type { Command } from "commander";
import { type Address, bytesToHex, type Hex, hexToBytes, parseEther } from "viem";
import { loadArtifact } from "../../api/artifact.ts";
import { requestInference, waitForSettlement } from "../../api/client.ts";
import { readInput } from "../../api/input-file.ts";
import { packInput, unpackOutput } from "../../api/prover.ts";
import { addChainOptions, type ChainOptions, connect } from "../chain.ts";
import type { CommandContext } from "../command.ts";
import { addressOption, hexOption, integerOption } from "../options.ts";

interface Options extends ChainOptions {
  market: Address;
  model: Hex;
  input: string;
  sample: number;
  fee: string;
  callback?: Address;
  callbackGas: number;
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
    .requiredOption("--fee <ether>", "what the prover earns")
    .option("--callback <address>", "consumer to call with the output", addressOption("--callback"))
    .option("--callback-gas <n>", "gas for that call", integerOption("--callback-gas"), 0)
    .option(
      "--deadline-seconds <n>",
      "time until the fee can be refunded",
      integerOption("--deadline-seconds", 1),
      3600,
    )
    .option("--wait", "wait for the settlement")
    .action(async (folder: string, options: Options) => {
      const clients = await connect(options, env);
      const artifact = await loadArtifact(folder);
      const { timestamp } = await clients.publicClient.getBlock();
      const request = await requestInference(clients, {
        market: options.market,
        modelId: options.model,
        input: bytesToHex(packInput(artifact, await readInput(options.input, artifact.circuit, options.sample))),
        feeWei: parseEther(options.fee),
        deadline: Number(timestamp) + options.deadlineSeconds,
        callbackGasLimit: options.callbackGas,
        ...(options.callback === undefined ? {} : { callback: options.callback }),
      });
      if (!options.wait) {
        output.result(`request ${request.requestId}`, request);
        return;
      }
      output.progress(`request ${request.requestId}: waiting for its settlement`);
      const settlement = await waitForSettlement(clients.publicClient, options.market, request.requestId, {
        fromBlock: request.blockNumber,
      });
      const values = unpackOutput(artifact, hexToBytes(settlement.output)).map((tensor) => Array.from(tensor));
      output.result(`settled by ${settlement.prover}; output ${JSON.stringify(values)}`, { ...settlement, values });
    });
}
