/** `gavel verifier`: the Solidity verifier of an artifact, or its key for the universal verifier. */
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { bytesToHex } from "viem";
import { loadArtifact } from "../../api/artifact.ts";
import { type BuiltVerifier, buildUniversalVerifier, chooseVerifier } from "../../api/verifier.ts";
import type { VerifyingKey } from "../../core/verifying-key.ts";
import type { UniversalKey } from "../../verifier-gen/universal/pages.ts";
import type { CommandContext } from "../command.ts";

interface Options {
  output: string;
  contract?: string;
  bytecode?: string;
  universal?: boolean;
  key?: string;
}

export function configure(command: Command, { output }: CommandContext): void {
  command
    .argument("<artifact>", "folder written by `gavel compile`")
    .requiredOption("-o, --output <file>", "Solidity file to write")
    .option("--contract <name>", "name of the contract")
    .option("--bytecode <file>", "also write {contractName, abi, bytecode} there as JSON")
    .option("--universal", "write the universal verifier, and the model's key as data to <output>.key.json")
    .option("--key <file>", "where the key of the universal form goes instead")
    .action(async (folder: string, options: Options) => {
      const { verifyingKey } = await loadArtifact(folder);
      const form = options.universal ? "universal" : undefined;
      const chosen = await chooseVerifier({ verifyingKey }, form, options.contract);
      const built = chosen.form === "standalone" ? chosen.built : await buildUniversalVerifier();
      await writeFile(options.output, built.source);
      if (options.bytecode !== undefined) await writeFile(options.bytecode, bytecodeJson(built));
      const { contractName, runtimeBytes } = built;
      const result = { form: chosen.form, path: options.output, contractName, runtimeBytes };
      const text = `${options.output}: ${contractName}, ${runtimeBytes} bytes of code`;
      if (chosen.form === "standalone") {
        output.result(text, result);
        return;
      }
      output.progress(`universal form: ${chosen.reason}`);
      const keyPath = options.key ?? `${options.output}.key.json`;
      await writeFile(keyPath, keyJson(verifyingKey, chosen.key));
      const { codeBytes } = chosen.key;
      output.result(`${text}\n${keyPath}: key of ${codeBytes} bytes`, { ...result, keyPath, keyBytes: codeBytes });
    });
}

function bytecodeJson({ contractName, abi, bytecode }: BuiltVerifier): string {
  return `${JSON.stringify({ contractName, abi, bytecode }, undefined, 2)}\n`;
}

/** Runtime code: of the pages, and of the model's contract with zeros where the addresses of the verifier and of the pages go. */
function keyJson({ digest }: VerifyingKey, key: UniversalKey): string {
  const value = {
    vkDigest: bytesToHex(digest),
    pages: key.pages.map((page) => bytesToHex(page)),
    contract: bytesToHex(
      key.contractCode(
        new Uint8Array(20),
        key.pages.map(() => new Uint8Array(20)),
      ),
    ),
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
