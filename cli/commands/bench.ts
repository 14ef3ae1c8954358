/** `gavel bench`: time, memory, proof size and gas of whole proofs. */
import { writeFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import { benchChart } from "../bench/chart.ts";
import { expandSets, MODEL_SETS } from "../bench/models.ts";
import { LAYOUT_SELECTIONS, type LayoutSelection, runBench } from "../bench/run.ts";
import { SCALE_MODELS } from "../bench/scale/models.ts";
import { estimateTable, phaseTable, table } from "../bench/tables.ts";
import type { CommandContext } from "../command.ts";
import { requireClone } from "../contracts.ts";
import { integerOption, OptionError } from "../options.ts";
import { requireWritableFile } from "../writable.ts";

interface Options {
  batch: string;
  threads: string;
  zk: string;
  matrix?: boolean;
  layouts: LayoutSelection;
  runs: number;
  wasmRevectorize?: boolean;
  json?: string;
  svg?: string;
}

export function configure(command: Command, { output, projectRoot }: CommandContext): void {
  command
    .argument(
      "[models...]",
      `sets (${Object.keys(MODEL_SETS).join(", ")}), folders of examples/models, or generated: ${Object.keys(SCALE_MODELS).join(", ")}`,
      ["families"],
    )
    .option("--batch <list>", "inferences in one proof, separated by commas", "1")
    .option("--threads <list>", "thread counts, separated by commas", "2")
    .option("--zk <list>", "on, off, or both separated by a comma", "on")
    .option("--matrix", "threads 1 and 2, each with zero knowledge on and off")
    .addOption(
      new Option(
        "--layouts <which>",
        "which layouts are measured: that of gavel compile, those of the planner's curve, or all it weighs",
      )
        .choices(LAYOUT_SELECTIONS)
        .default("chosen"),
    )
    .option("--runs <n>", "measured proofs per row, the median is reported", integerOption("--runs", 1), 3)
    .option("--wasm-revectorize", "let V8 use 256-bit operations, an experiment of V8")
    .option("--svg <file>", "write a chart of time and memory against size, and of phases")
    .action(async (models: string[], options: Options) => {
      await requireClone(projectRoot, "bench");
      for (const path of [options.json, options.svg]) if (path) await requireWritableFile(path);
      const rows = await runBench({
        models: expandSets(models),
        batches: options.batch.split(",").map(integerOption("--batch", 1)),
        threads: (options.matrix ? "1,2" : options.threads).split(",").map(integerOption("--threads", 1)),
        zk: (options.matrix ? "on,off" : options.zk).split(",").map(zeroKnowledge),
        runs: options.runs,
        layouts: options.layouts,
        revectorize: options.wasmRevectorize ?? false,
        projectRoot,
        progress: output.progress,
        onRows: async (done) => {
          if (options.json) await writeFile(options.json, `${JSON.stringify(done, undefined, 2)}\n`);
          if (options.svg) await writeFile(options.svg, benchChart(done));
        },
      });
      output.result([table(rows), phaseTable(rows), estimateTable(rows)].join("\n\n"), rows);
    });
}

function zeroKnowledge(word: string): boolean {
  if (word === "on" || word === "off") return word === "on";
  throw new OptionError("--zk is not valid", { expected: "on, off, or on,off", got: word });
}
