/** The models this daemon proves: artifact folders by verifying key, and the registry's models by id. */
import { bytesToHex, type PublicClient } from "viem";
import { loadArtifact } from "../../api/artifact.ts";
import { packTensors } from "../../core/packing.ts";
import { statementLength } from "../../core/statement.ts";
import { type RegisteredModel, readModel } from "../chain/market.ts";
import { ConfigError } from "../errors.ts";
import type { Hex } from "../store/requests.ts";

export interface SupportedModel {
  readonly name: string;
  readonly artifact: string;
  readonly vkDigest: Hex;
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly inputs: readonly { name: string; shape: readonly number[]; elementBytes: number; signed: boolean }[];
  /** Integers by input tensor, to the bytes a request carries. */
  pack(values: readonly (readonly number[])[]): Hex | { reason: string };
}

export interface Models {
  readonly supported: readonly SupportedModel[];
  /** The supported model of a verifying key, a model id known from the chain, or a name. */
  find(nameOrDigest: string): SupportedModel | undefined;
  /** What the registry says of a model and, when it is supported, the artifact that proves it. */
  resolve(
    client: PublicClient,
    modelId: Hex,
  ): Promise<{ registered: RegisteredModel; model: SupportedModel | undefined }>;
}

export async function loadModels(artifacts: readonly string[], market: Hex): Promise<Models> {
  const supported = await Promise.all(artifacts.map(readSupported));
  const byDigest = new Map(supported.map((model) => [model.vkDigest.toLowerCase(), model]));
  // What a registry says of a model never changes.
  const registeredById = new Map<Hex, RegisteredModel>();
  return {
    supported,
    find: (nameOrDigest) =>
      byDigest.get(nameOrDigest.toLowerCase()) ??
      supported.find(({ name }) => name === nameOrDigest) ??
      byDigest.get(registeredById.get(nameOrDigest as Hex)?.vkDigest.toLowerCase() ?? ""),
    resolve: async (client, modelId) => {
      const registered = registeredById.get(modelId) ?? (await readModel(client, market, modelId));
      registeredById.set(modelId, registered);
      return { registered, model: byDigest.get(registered.vkDigest.toLowerCase()) };
    },
  };
}

async function readSupported(artifact: string): Promise<SupportedModel> {
  const { circuit, verifyingKey } = await loadArtifact(artifact);
  const hidden = circuit.inputs.find(({ visibility }) => visibility !== "public");
  if (hidden !== undefined) {
    throw new ConfigError(`the daemon does not get the ${hidden.visibility} input ${hidden.name} of ${circuit.name}`, {
      expected: "models whose inputs are public",
      got: artifact,
      remedy: "settle its requests from a program (docs/market.md), or compile it with public inputs",
    });
  }
  return {
    name: circuit.name,
    artifact,
    vkDigest: bytesToHex(verifyingKey.digest),
    inputBytes: statementLength(circuit.inputs),
    outputBytes: statementLength(circuit.outputs),
    inputs: circuit.inputs.map(({ name, shape, elementBytes, signed }) => ({ name, shape, elementBytes, signed })),
    pack: (values) => {
      try {
        return bytesToHex(packTensors(circuit.inputs, values));
      } catch (error) {
        return { reason: (error as Error).message };
      }
    },
  };
}
