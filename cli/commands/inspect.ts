/** `gavel inspect`: what a model needs and costs, before compiling it and after. */
import { readFile, stat, writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { loadArtifact } from "../../api/artifact.ts";
import type { CommandContext } from "../command.ts";
import { inspectArtifact } from "../inspect/artifact.ts";
import { inspectModel } from "../inspect/model.ts";
import { MOST_NODES_DRAWN, pictureOf } from "../inspect/picture/groups.ts";
import { svgOf } from "../inspect/picture/svg.ts";
import { type Prediction, predictCost } from "../inspect/predict.ts";
import { artifactText, modelText } from "../inspect/text.ts";
import { addBinding, OptionError } from "../options.ts";
import { requireWritableFile } from "../writable.ts";

export function configure(command: Command, { output }: CommandContext): void {
  command
    .argument("<path>", "ONNX file, or folder written by `gavel compile`")
    .option("--bind <name=value>", "size of a symbolic dimension of the model; repeat for more", addBinding, {})
    .option("--svg <file>", "write a picture of the model's graph with the cost of its parts")
    .action(async (path: string, { bind, svg }: { bind: Record<string, number>; svg?: string }) => {
      if (await isFolder(path)) {
        if (svg !== undefined)
          throw new OptionError("--svg draws the graph of a model", { expected: "an ONNX file", got: path });
        const report = inspectArtifact(await loadArtifact(path));
        output.result(artifactText(report), report);
        return;
      }
      if (svg !== undefined) await requireWritableFile(svg);
      const bytes = await readFile(path);
      const report = inspectModel(bytes, bind);
      if (svg !== undefined && report.nodes.length > MOST_NODES_DRAWN)
        throw new OptionError("the graph is too large for a picture", {
          expected: `at most ${MOST_NODES_DRAWN} nodes`,
          got: `${report.nodes.length} nodes`,
          remedy: "leave out --svg",
        });
      const predicted = report.supported ? predictCost(bytes, bind) : {};
      if (svg !== undefined) {
        await writeFile(svg, svgOf(pictureOf(report, predicted.prediction), headingsOf(path, predicted.prediction)));
        output.progress(`wrote ${svg}`);
      }
      output.result(modelText(report, predicted), { ...report, predicted: predicted.prediction });
    });
}

function headingsOf(path: string, prediction: Prediction | undefined): string[] {
  if (prediction === undefined) return [path];
  const { proveMs, gasUsed, peakMemoryMb } = prediction;
  return [path, `${proveMs} ms to prove, ${gasUsed} gas to settle, ${peakMemoryMb} MB`];
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
