/**
 * Proof bytes: the absorbed messages of the schedule in order, then the unabsorbed tail, as 32-byte big-endian words; behind the words
 * the packed bytes of hashed tensors, which the statement binds by their hash (`core/statement.ts`).
 *
 * Shape and canonical encoding are checked here, before any challenge is drawn: the length is exact, scalars are below r,
 * coordinates below q. That points lie on the curve is checked where they are used (the precompiles, noble).
 */
import type { Circuit } from "./circuit.ts";
import { GavelError } from "./errors.ts";
import { fromBytes, Q, R, toWord } from "./field.ts";
import { type Part, partWords, scheduleOf, TAIL_PARTS } from "./schedule.ts";
import { preimageLength } from "./statement.ts";

export class ProofShapeError extends GavelError {
  override readonly name = "Proof.ShapeError";
}

export interface Section {
  /** Name of the absorb step, or "tail". */
  readonly step: string;
  readonly part: Part;
  /** First word of the part in the proof. */
  readonly word: number;
}

export function proofSections(circuit: Circuit): Section[] {
  const sections: Section[] = [];
  let word = 0;
  const push = (step: string, part: Part): void => {
    sections.push({ step, part, word });
    word += partWords(part);
  };
  for (const step of scheduleOf(circuit))
    if (step.kind === "absorb") for (const part of step.parts) push(step.name, part);
  for (const part of TAIL_PARTS) push("tail", part);
  return sections;
}

export function proofWordCount(circuit: Circuit): number {
  const last = proofSections(circuit).at(-1) as Section;
  return last.word + partWords(last.part);
}

/** Bytes of every proof for this circuit. */
export function proofLength(circuit: Circuit): number {
  return 32 * proofWordCount(circuit) + preimageLength(circuit);
}

export function encodeProof(words: readonly bigint[], preimages: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(32 * words.length + preimages.length);
  words.forEach((word, i) => bytes.set(toWord(word), 32 * i));
  bytes.set(preimages, 32 * words.length);
  return bytes;
}

/** The packed bytes of hashed tensors behind the words of a proof of the right length. */
export function proofPreimages(circuit: Circuit, bytes: Uint8Array): Uint8Array {
  return bytes.subarray(32 * proofWordCount(circuit));
}

/** Words of a proof of the right length with every word canonical. */
export function decodeProof(circuit: Circuit, bytes: Uint8Array): bigint[] {
  const count = proofWordCount(circuit);
  if (bytes.length !== proofLength(circuit)) {
    throw new ProofShapeError("proof has the wrong length", {
      expected: `${proofLength(circuit)} bytes`,
      got: `${bytes.length} bytes`,
      remedy: "use the proof with the verifying key it was made for",
    });
  }
  const words = Array.from({ length: count }, (_, i) => fromBytes(bytes.subarray(32 * i, 32 * i + 32)));
  for (const { step, part, word } of proofSections(circuit)) {
    const bound = part.kind === "point" ? Q : R;
    for (let i = word; i < word + partWords(part); i++) {
      if (words[i] >= bound) {
        throw new ProofShapeError(`word ${i} (${step}, ${part.name}) is not canonical`, {
          expected: `below ${bound}`,
          got: `${words[i]}`,
          remedy: "reject the proof",
        });
      }
    }
  }
  return words;
}
