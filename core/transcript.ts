/**
 * Fiat-Shamir transcript: one running Keccak-256 state.
 *
 *     absorb   state <- keccak256(state || word_0 || word_1 || ...)
 *     squeeze  directly after another squeeze: state <- keccak256(state); then challenge = state mod 2^253
 *
 * Challenges are 253-bit values, below r, without reduction. Every word a prover sends is absorbed before the next challenge.
 * Order, names and lengths come from the schedule (`core/schedule.ts`); a call that departs from it throws.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { GavelError } from "./errors.ts";
import { fromBytes, toWord } from "./field.ts";
import { type Step, wordCount } from "./schedule.ts";

/** A prover or verifier called the transcript out of order: a bug, never a property of a proof. */
export class TranscriptOrderError extends GavelError {
  override readonly name = "Transcript.OrderError";
}

/** 253 bits: the largest mask that keeps every challenge below r, so that no reduction biases it. */
export const CHALLENGE_MASK = (1n << 253n) - 1n;

export interface Transcript {
  absorb(name: string, words: readonly bigint[]): void;
  squeeze(name: string): bigint;
  /** Throws unless every step of the schedule has been taken. */
  finish(): void;
}

/** A fresh transcript for one proof. `seed` is the statement digest. */
export function createTranscript(schedule: readonly Step[], seed: Uint8Array): Transcript {
  let state = seed;
  let position = 0;
  let squeezed = false;

  const next = (kind: Step["kind"], name: string, length?: number): void => {
    const step = schedule[position++];
    const matches = step?.kind === kind && step.name === name && (step.kind !== "absorb" || wordCount(step) === length);
    if (!matches) {
      throw new TranscriptOrderError("transcript step out of order", {
        expected: JSON.stringify(step ?? "end of transcript"),
        got: JSON.stringify({ kind, name, words: length }),
        remedy: "report this as a bug of the caller",
      });
    }
  };

  return {
    absorb(name, words) {
      next("absorb", name, words.length);
      const message = new Uint8Array(32 * (words.length + 1));
      message.set(state, 0);
      words.forEach((word, i) => message.set(toWord(word), 32 * (i + 1)));
      state = keccak_256(message);
      squeezed = false;
    },
    squeeze(name) {
      next("squeeze", name);
      if (squeezed) state = keccak_256(state);
      squeezed = true;
      return fromBytes(state) & CHALLENGE_MASK;
    },
    finish() {
      if (position !== schedule.length) {
        throw new TranscriptOrderError("transcript ended early", {
          expected: `${schedule.length} steps`,
          got: `${position} steps`,
          remedy: "report this as a bug of the caller",
        });
      }
    },
  };
}
