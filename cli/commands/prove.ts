/** `gavel prove`: an artifact and an input to a proof file. */
import type { Command } from "commander";
import { bytesToHex, type Hex, hexToBytes } from "viem";
import { readInput } from "../../api/input-file.ts";
import { saveProof } from "../../api/proof-file.ts";
import { type ModelProver, openProver, unpackOutput } from "../../api/prover.ts";
import { loadSecrets, outputAsInput, saveSecrets } from "../../api/secrets-file.ts";
import { answerText } from "../answer-text.ts";
import type { CommandContext } from "../command.ts";
import { hexOption, integerOption, OptionError } from "../options.ts";
import { requireWritableFile } from "../writable.ts";

interface Options {
  input?: string;
  inputFrom?: string;
  sample: number;
  context: Hex;
  output: string;
  threads: number;
  wasmRevectorize?: boolean;
  zk: boolean;
  secrets?: string;
  blindings?: string;
}

const ZERO_CONTEXT = `0x${"00".repeat(32)}` as const;

export function configure(command: Command, { output }: CommandContext): void {
  command
    .argument("<artifact>", "folder written by `gavel compile`")
    .option("--input <file>", "JSON input: a nested list, an object by tensor name, or a samples file")
    .option("--input-from <file>", "instead: secrets of a proof whose output is the input, commitments included")
    .option("--sample <n>", "which sample of a samples file; the first of a batch", integerOption("--sample"), 0)
    .option("--context <hex>", "32 bytes that the proof is bound to", hexOption("--context", 32), ZERO_CONTEXT)
    .requiredOption("-o, --output <file>", "proof file to write")
    .option("--threads <n>", "threads to prove with", integerOption("--threads", 1), 2)
    .option("--wasm-revectorize", "let V8 use 256-bit operations, an experiment of V8; the proofs are the same")
    .option("--no-zk", "leave out the masks: faster by a little, hides nothing")
    .option("--secrets <file>", "file to write with what the statement hides: packed input and output, blindings")
    .option("--blindings <file>", "such a file: commit to the same tensors with the same blindings again")
    .action(async (artifact: string, options: Options) => {
      await requireWritableFile(options.output);
      if (options.secrets !== undefined) await requireWritableFile(options.secrets);
      const prover = await openProver(artifact, {
        threads: options.threads,
        revectorize: options.wasmRevectorize ?? false,
      });
      try {
        const { input, ...stated } = await givenInput(prover, options);
        const startMs = performance.now();
        const proof = prover.prove(input, hexToBytes(options.context), {
          ...stated,
          zeroKnowledge: options.zk,
          onPhase: (phase) => output.progress(`proving: ${phase}`),
        });
        const proveMs = Math.round(performance.now() - startMs);
        await saveProof(options.output, proof);
        if (options.secrets !== undefined) await saveSecrets(options.secrets, proof.secrets);
        const values = unpackOutput(prover.artifact, proof.output).map((tensor) => Array.from(tensor));
        output.result(
          `${options.output}: ${proof.proof.length} bytes in ${proveMs} ms, verified; output ${answerText(prover.artifact, proof.output)}`,
          {
            path: options.output,
            proofBytes: proof.proof.length,
            proveMs,
            output: bytesToHex(proof.output),
            values,
          },
        );
      } finally {
        await prover.close();
      }
    });
}

/** Packed input, and the blindings of commitments that are there already. */
async function givenInput(
  prover: ModelProver,
  { input, inputFrom, sample, blindings }: Options,
): Promise<{ readonly input: Uint8Array; readonly blindings?: readonly bigint[] }> {
  const { circuit } = prover.artifact;
  if ((input === undefined) === (inputFrom === undefined) || (inputFrom !== undefined && blindings !== undefined)) {
    throw new OptionError("it is not clear what the input is", {
      expected: "--input FILE, with or without --blindings, or --input-from FILE",
      got: input === undefined ? "no --input" : "both",
    });
  }
  if (inputFrom !== undefined) return outputAsInput(await loadSecrets(inputFrom), circuit);
  const packed = prover.pack(await readInput(input as string, circuit, sample));
  return blindings === undefined
    ? { input: packed }
    : { input: packed, blindings: (await loadSecrets(blindings)).blindings };
}
