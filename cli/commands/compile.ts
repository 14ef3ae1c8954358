/** `gavel compile`: an ONNX model to an artifact folder. */
import { type Command, Option } from "commander";
import type { ChainedInput } from "../../api/chained-input.ts";
import { type CompileSummary, compileModel } from "../../api/compile.ts";
import { PREFERENCES, type Preference } from "../../api/layout-plan.ts";
import {
  CALIBRATION_METHODS,
  type CalibrationMethod,
  QUANTIZATIONS,
  type Quantization,
} from "../../compiler/3-quantize/options.ts";
import type { VisibilityChoice } from "../../compiler/visibility.ts";
import { WEIGHT_VISIBILITIES, type WeightVisibility } from "../../core/circuit.ts";
import type { CommandContext } from "../command.ts";
import {
  addBinding,
  addChainedInput,
  addVisibility,
  integerOption,
  numberOption,
  powerOfTwoOption,
} from "../options.ts";
import { qualityLines } from "../quality-text.ts";
import { requireWritableFolder } from "../writable.ts";

interface Options {
  calibration: string;
  samples?: string;
  srs?: string;
  output: string;
  name?: string;
  bind: Record<string, number>;
  batch?: number;
  activationBits?: number;
  shiftBits?: number;
  maxAccuracyDrop?: number;
  calibrationMethod?: CalibrationMethod;
  percentile?: number;
  quantization?: Quantization;
  biasCorrection?: true;
  blocksPerColumn?: string;
  fixedColumnLength?: number;
  lookupDepth?: string;
  sums?: "read" | "copied";
  weights?: WeightVisibility;
  inputVisibility?: VisibilityChoice;
  outputVisibility?: VisibilityChoice;
  after?: readonly ChainedInput[];
  threads: number;
  prefer?: Preference;
}

export function configure(command: Command, { output }: CommandContext): void {
  command
    .argument("<model>", "ONNX file")
    .requiredOption("--calibration <file>", "JSON samples that ranges and bits are chosen on")
    .option(
      "--samples <file>",
      "JSON samples with labels that accuracy is reported on; the calibration samples by default",
    )
    .option("--srs <file>", "SRS file; without it a development SRS is made, which anybody can forge proofs with")
    .requiredOption("-o, --output <folder>", "artifact folder to write")
    .option("--name <name>", "name of the circuit; the model's folder by default")
    .option("--bind <name=value>", "size of a symbolic dimension; repeat for more", addBinding, {})
    .option("--batch <n>", "inferences in one proof; 1 by default", integerOption("--batch", 1))
    .option(
      "--activation-bits <n>",
      "bits of activations; searched by default",
      integerOption("--activation-bits", 2, 16),
    )
    .option(
      "--shift-bits <n>",
      "bits of every requantization; searched by default",
      integerOption("--shift-bits", 1, 24),
    )
    .option(
      "--max-accuracy-drop <points>",
      "what integers may cost in accuracy (1 point is 1 % of the samples, or 0.01 of R2); finds the smallest circuit, with 8, 12 or 16 bits for each tensor",
      numberOption("--max-accuracy-drop"),
    )
    .addOption(
      new Option(
        "--calibration-method <method>",
        "what of a tensor's values its range covers; min-max by default",
      ).choices(CALIBRATION_METHODS),
    )
    .option(
      "--percentile <p>",
      "with --calibration-method percentile, percent of the values that are covered; 99.99 by default",
      numberOption("--percentile", 50),
    )
    .addOption(
      new Option(
        "--quantization <form>",
        "integers on both sides of zero alike (symmetric), or as the range needs",
      ).choices(QUANTIZATIONS),
    )
    .option("--bias-correction", "take the mean error of rounded weights out of the biases")
    .addOption(new Option("--blocks-per-column <n>", "witness blocks in one committed column").choices(["1", "2", "4"]))
    .option(
      "--fixed-column-length <n>",
      "cells in one committed weight column",
      powerOfTwoOption("--fixed-column-length", 8),
    )
    .addOption(
      new Option("--lookup-depth <n>", "2 limits values in one shared table before each function's own").choices([
        "1",
        "2",
      ]),
    )
    .addOption(
      new Option("--sums <form>", "tensors that are sums of cells are read by each reader, or copied first").choices([
        "read",
        "copied",
      ]),
    )
    .option(
      "--input-visibility <choice>",
      "public (default), hashed, committed or private; NAME=CHOICE for one input, repeat for more",
      addVisibility("--input-visibility"),
    )
    .option(
      "--output-visibility <choice>",
      "the same for outputs; at least one must not be private",
      addVisibility("--output-visibility"),
    )
    .addOption(
      new Option(
        "--prefer <cost>",
        "layout of rows and columns with the least gas or proving time; between them by default",
      ).choices(PREFERENCES),
    )
    .addOption(
      new Option("--weights <choice>", "private hides them from everybody but the owner of the artifact").choices(
        WEIGHT_VISIBILITIES,
      ),
    )
    .option(
      "--after <[input=]folder[#output]>",
      "the input is that output of another artifact: its scale, its range, its SRS; repeat for more",
      addChainedInput,
    )
    .option("--threads <n>", "threads for the commitments", integerOption("--threads", 1), 2)
    .action(async (model: string, options: Options) => {
      const { blocksPerColumn, lookupDepth, sums, ...rest } = options;
      await requireWritableFolder(options.output);
      output.progress(`compiling ${model}`);
      const summary = await compileModel({
        ...rest,
        model,
        progress: (line) => output.progress(line),
        ...(blocksPerColumn === undefined ? {} : { blocksPerColumn: Number(blocksPerColumn) as 1 | 2 | 4 }),
        ...(lookupDepth === undefined ? {} : { lookupDepth: Number(lookupDepth) as 1 | 2 }),
        ...(sums === undefined ? {} : { copiesSums: sums === "copied" }),
      });
      if (summary.insecureSrs)
        output.progress("warning: development SRS; its verifier deploys on development chains only");
      output.progress(qualityLines(summary).join("\n"));
      for (const line of accuracyWarnings(summary)) output.progress(line);
      const { artifact, accuracyFloat, accuracyInteger, constrainedRows, logRows, compileMs, setupMs } = summary;
      output.result(
        `${artifact}: ${constrainedRows} rows (2^${logRows}), accuracy ${accuracyFloat} float, ${accuracyInteger} integer; ` +
          `compiled in ${compileMs} ms, set up in ${setupMs} ms`,
        summary,
      );
    });
}

/** A point of accuracy, or 0.01 of R2. */
const NOTICEABLE_DROP = 0.01;
/** Of shares that are differences. */
const ROUNDING = 1e-9;

function accuracyWarnings({ accuracyDrop, maxAccuracyDrop, metric, samples, search }: CompileSummary): string[] {
  const allowed = maxAccuracyDrop === undefined ? NOTICEABLE_DROP : maxAccuracyDrop / 100;
  if (accuracyDrop <= allowed + ROUNDING) return [];
  const lost = metric === "r2" ? `${accuracyDrop.toFixed(2)} of R2` : `${(100 * accuracyDrop).toFixed(1)} points`;
  if (search) {
    return [
      `warning: integers lose ${lost} on the ${samples.count} samples held out, ${(100 * search.accuracyDrop).toFixed(1)} points on the ${search.samples} ` +
        "that the search judged; give more samples, or a stricter goal",
    ];
  }
  return [
    `warning: integers lose ${lost} on ${samples.count} ${samples.source === "samples" ? "samples" : "calibration samples"}; ` +
      "give more calibration samples of every kind, or a goal (--max-accuracy-drop 1), and look at the layers of report.json",
  ];
}
