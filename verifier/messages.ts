import type { Circuit } from "../core/circuit.ts";
import { decodeProof, proofSections } from "../core/proof.ts";
import { partWords, type Step, wordCount } from "../core/schedule.ts";
import type { Transcript } from "../core/transcript.ts";

/** Reads a proof step by step: every read is absorbed before the caller sees it. */
export interface ProofReader {
  /** Words of one step, by part name, absorbed into the transcript. */
  step(name: string): Record<string, readonly bigint[]>;
  /** Words behind the last challenge, by part name, not absorbed. */
  tail(): Record<string, readonly bigint[]>;
}

export function readProof(
  circuit: Circuit,
  proof: Uint8Array,
  transcript: Transcript,
  schedule: readonly Step[],
): ProofReader {
  const words = decodeProof(circuit, proof);
  const sections = proofSections(circuit);
  const parts = (step: string): Record<string, readonly bigint[]> =>
    Object.fromEntries(
      sections
        .filter((section) => section.step === step)
        .map(({ part, word }) => [part.name, words.slice(word, word + partWords(part))]),
    );
  return {
    step(name) {
      const first = sections.find((section) => section.step === name)?.word ?? 0;
      const step = schedule.find((item) => item.kind === "absorb" && item.name === name);
      const count = step?.kind === "absorb" ? wordCount(step) : 0;
      transcript.absorb(name, words.slice(first, first + count));
      return parts(name);
    },
    tail: () => parts("tail"),
  };
}
