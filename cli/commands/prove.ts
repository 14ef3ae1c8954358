/** `gavel prove`: an artifact and an input to a proof file. */
import type { Command } from "commander";
import { bytesToHex, type Hex, hexToBytes } from "viem";
import { readInput } from "../../api/input-file.ts";
import { saveProof } from "../../api/proof-file.ts";
import { openProver, unpackOutput } from "../../api/prover.ts";
import { loadBlindings, saveSecrets } from "../../api/secrets-file.ts";
import type { CommandContext } from "../command.ts";
import { hexOption, integerOption } from "../options.ts";

interface Options {
  input: string;
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
    .requiredOption("--input <file>", "JSON input: a nested list, an object by tensor name, or a samples file")
    .option("--sample <n>", "which sample of a samples file; the first of a batch", integerOption("--sample"), 0)
    .option("--context <hex>", "32 bytes that the proof is bound to", hexOption("--context", 32), ZERO_CONTEXT)
    .requiredOption("-o, --output <file>", "proof file to write")
    .option("--threads <n>", "threads to prove with", integerOption("--threads", 1), 2)
    .option("--wasm-revectorize", "let V8 use 256-bit operations, an experiment of V8; the proofs are the same")
    .option("--no-zk", "leave out the masks: faster by a little, hides nothing")
    .option("--secrets <file>", "file to write with what the statement hides: packed input and output, blindings")
    .option("--blindings <file>", "such a file: commit to the same tensors with the same blindings again")
    .action(async (artifact: string, options: Options) => {
      const prover = await openProver(artifact, {
        threads: options.threads,
        revectorize: options.wasmRevectorize ?? false,
      });
      try {
        const input = prover.pack(await readInput(options.input, prover.artifact.circuit, options.sample));
        const startMs = performance.now();
        const blindings = options.blindings === undefined ? {} : { blindings: await loadBlindings(options.blindings) };
        const proof = prover.prove(input, hexToBytes(options.context), {
          ...blindings,
          zeroKnowledge: options.zk,
          onPhase: (phase) => output.progress(`proving: ${phase}`),
        });
        const proveMs = Math.round(performance.now() - startMs);
        await saveProof(options.output, proof);
        if (options.secrets !== undefined) await saveSecrets(options.secrets, proof.secrets);
        const values = unpackOutput(prover.artifact, proof.output).map((tensor) => Array.from(tensor));
        output.result(
          `${options.output}: ${proof.proof.length} bytes in ${proveMs} ms, verified; output ${JSON.stringify(values)}`,
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
