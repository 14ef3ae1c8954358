/** `gavel verify`: checks a proof file against an artifact's verifying key. */
import type { Command } from "commander";
import { loadArtifact } from "../../api/artifact.ts";
import { loadProof } from "../../api/proof-file.ts";
import { unpackOutput } from "../../api/prover.ts";
import { GavelError } from "../../core/errors.ts";
import { verify } from "../../verifier/verify.ts";
import { answerText } from "../answer-text.ts";
import type { CommandContext } from "../command.ts";
import { ProofRejectedError } from "../exit-codes.ts";

export function configure(command: Command, { output }: CommandContext): void {
  command
    .argument("<artifact>", "folder written by `gavel compile`")
    .argument("<proof>", "file written by `gavel prove`")
    .action(async (folder: string, path: string) => {
      const artifact = await loadArtifact(folder);
      const proof = await loadProof(path);
      const startMs = performance.now();
      try {
        verify(artifact.verifyingKey, proof, proof.proof);
      } catch (error) {
        // Whatever the verifier refuses, be it the shape of the bytes, is an answer about the proof.
        if (error instanceof GavelError) throw new ProofRejectedError(error);
        throw error;
      }
      const verifyMs = Math.round(performance.now() - startMs);
      const values = unpackOutput(artifact, proof.output).map((tensor) => Array.from(tensor));
      output.result(`valid, checked in ${verifyMs} ms; output ${answerText(artifact, proof.output)}`, {
        valid: true,
        verifyMs,
        values,
      });
    });
}
