/** `gavel witness`: runs the integer model without proving. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { bytesToHex } from "viem";
import { loadArtifact } from "../../api/artifact.ts";
import { readInput } from "../../api/input-file.ts";
import { packInput } from "../../api/prover.ts";
import type { Circuit } from "../../core/circuit.ts";
import { packTensors, unpackTensors } from "../../core/packing.ts";
import { dequantizeTensor } from "../../core/tensor.ts";
import { checkWitness } from "../../prover/check-witness.ts";
import { planCircuit } from "../../prover/plan.ts";
import { computeWitness, type Witness, witnessOutputs } from "../../prover/witness.ts";
import type { CommandContext } from "../command.ts";
import { integerOption } from "../options.ts";

interface Options {
  input: string;
  sample: number;
  dump?: string;
  check?: boolean;
}

export function configure(command: Command, { output }: CommandContext): void {
  command
    .argument("<artifact>", "folder written by `gavel compile`")
    .requiredOption("--input <file>", "JSON input: a nested list, an object by tensor name, or a samples file")
    .option("--sample <n>", "which sample of a samples file; the first of a batch", integerOption("--sample"), 0)
    .option("--dump <folder>", "write every intermediate tensor there as JSON")
    .option("--check", "check every constraint of the circuit")
    .action(async (folder: string, options: Options) => {
      const artifact = await loadArtifact(folder);
      const { circuit } = artifact;
      const input = packInput(artifact, await readInput(options.input, circuit, options.sample));
      const plan = planCircuit(circuit);
      const witness = computeWitness(plan, unpackTensors(circuit.inputs, input));
      const checked = options.check ? checkWitness(plan, witness) : undefined;
      if (options.dump) await dumpSegments(options.dump, circuit, witness);
      const integers = witnessOutputs(circuit, witness);
      const packed = packTensors(circuit.outputs, integers);
      const values = circuit.outputs.map((tensor, t) => Array.from(dequantizeTensor(tensor, integers[t])));
      const constraints = checked === undefined ? "" : `; ${checked} constraints hold`;
      output.result(`output ${JSON.stringify(values)}${constraints}`, {
        input: bytesToHex(input),
        output: bytesToHex(packed),
        values,
        ...(checked === undefined ? {} : { constraints: checked }),
      });
    });
}

/** One file per segment: accumulated rows as q (divided), y (after the activation) and rem. */
async function dumpSegments(folder: string, circuit: Circuit, { q, y, rem }: Witness): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all(
    circuit.segments.map(({ name, start, count }, index) => {
      const rows = (block: Int32Array): number[] => Array.from(block.subarray(start, start + count));
      const file = `${String(index).padStart(3, "0")}-${name.replace(/[^A-Za-z0-9_.-]+/g, "_")}.json`;
      return writeFile(
        join(folder, file),
        `${JSON.stringify({ name, start, count, q: rows(q), y: rows(y), rem: rows(rem) })}\n`,
      );
    }),
  );
}
