/** `gavel verifier`: the Solidity verifier of an artifact. */
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { loadArtifact } from "../../api/artifact.ts";
import { buildVerifier } from "../../api/verifier.ts";
import { generateVerifier } from "../../verifier-gen/generate.ts";
import type { CommandContext } from "../command.ts";

interface Options {
  output: string;
  contract?: string;
  bytecode?: string;
}

export function configure(command: Command, { output }: CommandContext): void {
  command
    .argument("<artifact>", "folder written by `gavel compile`")
    .requiredOption("-o, --output <file>", "Solidity file to write")
    .option("--contract <name>", "name of the contract")
    .option("--bytecode <file>", "also compile it, and write {abi, bytecode} there as JSON")
    .action(async (folder: string, options: Options) => {
      const artifact = await loadArtifact(folder);
      if (options.bytecode === undefined) {
        const named = options.contract === undefined ? {} : { contractName: options.contract };
        const { source, contractName } = generateVerifier(artifact.verifyingKey, named);
        await writeFile(options.output, source);
        output.result(`${options.output}: ${contractName}`, { path: options.output, contractName });
        return;
      }
      const { source, contractName, abi, bytecode, runtimeBytes } = await buildVerifier(artifact, options.contract);
      await writeFile(options.output, source);
      await writeFile(options.bytecode, `${JSON.stringify({ contractName, abi, bytecode }, undefined, 2)}\n`);
      output.result(`${options.output}: ${contractName}, ${runtimeBytes} bytes of code`, {
        path: options.output,
        contractName,
        runtimeBytes,
      });
    });
}
