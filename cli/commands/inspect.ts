/** `gavel inspect`: what a model needs and costs, before compiling it and after. */
import { readFile, stat } from "node:fs/promises";
import type { Command } from "commander";
import { loadArtifact } from "../../api/artifact.ts";
import type { CommandContext } from "../command.ts";
import { inspectArtifact } from "../inspect/artifact.ts";
import { inspectModel } from "../inspect/model.ts";
import { artifactText, modelText } from "../inspect/text.ts";
import { addBinding, OptionError } from "../options.ts";

export function configure(command: Command, { output }: CommandContext): void {
  command
    .argument("<path>", "ONNX file, or folder written by `gavel compile`")
    .option("--bind <name=value>", "size of a symbolic dimension of the model; repeat for more", addBinding, {})
    .action(async (path: string, { bind }: { bind: Record<string, number> }) => {
      if (await isFolder(path)) {
        const report = inspectArtifact(await loadArtifact(path));
        output.result(artifactText(report), report);
        return;
      }
      const report = inspectModel(await readFile(path), bind);
      output.result(modelText(report), report);
    });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw new OptionError(`cannot read ${path}`, {
      expected: "an ONNX file or an artifact folder",
      got: (cause as Error).message,
      cause,
    });
  }
}
