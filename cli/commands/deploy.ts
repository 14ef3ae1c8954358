/** `gavel deploy`: registry, market or a model's verifier on an existing chain. */
import type { Command } from "commander";
import { type Abi, type Address, bytesToHex, type Hex } from "viem";
import { loadArtifact } from "../../api/artifact.ts";
import { type Clients, registerModel } from "../../api/client.ts";
import { chooseVerifier, deployVerifier } from "../../api/verifier.ts";
import { modelRegistryAbi } from "../../contracts/abi/model-registry.gen.ts";
import { statementLength } from "../../core/statement.ts";
import { addChainOptions, type ChainOptions, connect } from "../chain.ts";
import type { CommandContext } from "../command.ts";
import { contractCode } from "../contracts.ts";
import { addressOption } from "../options.ts";

interface ModelOptions extends ChainOptions {
  registry: Address;
  metadataUri?: string;
  universal?: boolean;
  universalVerifier?: Address;
}

export function configure(command: Command, { output, env, projectRoot }: CommandContext): void {
  addChainOptions(command.command("market").description("deploy a model registry and a request market"))
    .option("--guardian <address>", "who may pause submissions; the sender by default", addressOption("--guardian"))
    .action(async (options: ChainOptions & { guardian?: Address }) => {
      const clients = await connect(options, env);
      const registry = await deployNamed(clients, projectRoot, "ModelRegistry", []);
      const guardian = options.guardian ?? clients.wallet.account.address;
      const market = await deployNamed(clients, projectRoot, "RequestMarket", [registry, guardian]);
      output.result(`registry ${registry}\nmarket ${market}`, { registry, market, guardian });
    });
  addChainOptions(command.command("model").description("deploy a model's verifier and register the model"))
    .argument("<artifact>", "folder written by `gavel compile`")
    .requiredOption("--registry <address>", "model registry", addressOption("--registry"))
    .option("--metadata-uri <uri>", "where the model is described")
    .option("--universal", "deploy the key as data for the universal verifier: cheaper to deploy, dearer to use")
    .option(
      "--universal-verifier <address>",
      "universal verifier that stands already; deployed when needed by default",
      addressOption("--universal-verifier"),
    )
    .action(async (folder: string, options: ModelOptions) => {
      const clients = await connect(options, env);
      const artifact = await loadArtifact(folder);
      // Whatever is wrong with the registry shows before a verifier is paid for.
      await clients.publicClient.readContract({
        address: options.registry,
        abi: modelRegistryAbi,
        functionName: "modelCount",
      });
      output.progress("generating the verifier");
      const isUniversal = options.universal ?? options.universalVerifier !== undefined;
      const chosen = await chooseVerifier(artifact, isUniversal ? "universal" : undefined);
      if (chosen.form === "universal") output.progress(`universal form: ${chosen.reason}`);
      const create = (code: Hex): Promise<Address> => deployCode(clients, [], code, []);
      const { address: verifier, ...deployed } = await deployVerifier(chosen, create, options.universalVerifier);
      const modelId = await registerModel(clients, {
        registry: options.registry,
        verifier,
        vkDigest: bytesToHex(artifact.verifyingKey.digest),
        inputBytes: statementLength(artifact.circuit.inputs),
        outputBytes: statementLength(artifact.circuit.outputs),
        ...(options.metadataUri === undefined ? {} : { metadataURI: options.metadataUri }),
      });
      output.result(
        `verifier ${verifier} (${deployed.form}, ${deployed.codeBytes} bytes)` +
          (deployed.universal === undefined ? "" : `\nuniversal verifier ${deployed.universal}`) +
          `\nmodel ${modelId}`,
        { verifier, modelId, ...deployed },
      );
    });
}

async function deployNamed(
  clients: Clients,
  projectRoot: string,
  name: string,
  args: readonly unknown[],
): Promise<Address> {
  const { abi, bytecode } = await contractCode(projectRoot, name);
  return deployCode(clients, abi, bytecode, args);
}

async function deployCode(
  { publicClient, wallet }: Clients,
  abi: Abi,
  bytecode: Hex,
  args: readonly unknown[],
): Promise<Address> {
  const hash = await wallet.deployContract({ abi, bytecode, args });
  const receipt = await publicClient.waitForTransactionReceipt({ hash });
  return receipt.contractAddress as Address;
}
