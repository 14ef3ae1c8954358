/**
 * The transcript of `core/transcript.ts` over the copied proof.
 *
 *     absorb    state = keccak256(state || message)     the state stands in the word before the message while it is hashed
 *     squeeze   challenge = state mod 2^253; after another squeeze, state = keccak256(state) first
 */
import type { Circuit } from "../../core/circuit.ts";
import { pointName, roundName, type Step, scheduleOf, wordCount } from "../../core/schedule.ts";
import { hex, wordAt } from "../layout.ts";

const CHALLENGE_POINTERS: Readonly<Record<string, string>> = {
  alpha: "ALPHA_MPTR",
  beta: "BETA_MPTR",
  tau: "TAU_MPTR",
  omega: "W_MPTR",
  gamma: "GAMMA_MPTR",
  z: "Z_MPTR",
  delta: "DELTA_MPTR",
  zeta: "ZETA_MPTR",
};

export interface TranscriptCode {
  /** From the witness columns to omega. */
  readonly beforeRounds: readonly string[];
  /** From the evaluations to zeta. */
  readonly afterRounds: readonly string[];
}

/** A message is `words` words of the proof from `word` on; a challenge is stored at `pointer`. */
export type TranscriptMove =
  | { readonly kind: "absorb"; readonly word: number; readonly words: number; readonly afterRounds: boolean }
  | { readonly kind: "squeeze"; readonly pointer: string; readonly afterSqueeze: boolean };

export interface TranscriptMoves {
  readonly beforeRounds: readonly TranscriptMove[];
  readonly afterRounds: readonly TranscriptMove[];
}

export function transcriptMoves(circuit: Circuit): TranscriptMoves {
  const steps = scheduleOf(circuit);
  const firstRound = steps.findIndex((step) => step.name === roundName(circuit.logRows - 1));
  const lastRound = steps.findIndex((step) => step.name === pointName(0));
  const moves = steps.map((step, i): TranscriptMove => {
    if (step.kind === "absorb")
      return { kind: "absorb", word: wordsBefore(steps, i), words: wordCount(step), afterRounds: i === lastRound + 1 };
    return { kind: "squeeze", pointer: CHALLENGE_POINTERS[step.name], afterSqueeze: steps[i - 1].kind === "squeeze" };
  });
  return { beforeRounds: moves.slice(0, firstRound), afterRounds: moves.slice(lastRound + 1) };
}

export function transcriptCode(circuit: Circuit): TranscriptCode {
  const { beforeRounds, afterRounds } = transcriptMoves(circuit);
  const code = (move: TranscriptMove): string[] => (move.kind === "absorb" ? absorb(move) : squeeze(move));
  return { beforeRounds: beforeRounds.flatMap(code), afterRounds: afterRounds.flatMap(code) };
}

function wordsBefore(steps: readonly Step[], index: number): number {
  return steps.slice(0, index).reduce((sum, step) => sum + (step.kind === "absorb" ? wordCount(step) : 0), 0);
}

type Move<Kind> = Extract<TranscriptMove, { kind: Kind }>;

/** Address of the word before a message, which holds the state while it is hashed. */
export function wordBefore(word: number): string {
  return word === 0 ? "sub(PROOF_MPTR, 0x20)" : wordAt("PROOF_MPTR", word - 1);
}

function absorb({ word, words, afterRounds }: Move<"absorb">): string[] {
  const before = wordBefore(word);
  const hash = [`mstore(${before}, state)`, `state := keccak256(${before}, ${hex(32 * (words + 1))})`];
  // Nobody reads the word before the first message, nor the last word of a round that is done.
  if (word === 0 || afterRounds) return hash;
  return [`word := mload(${before})`, ...hash, `mstore(${before}, word)`];
}

function squeeze({ pointer, afterSqueeze }: Move<"squeeze">): string[] {
  const store = `mstore(${pointer}, and(state, CHALLENGE_MASK))`;
  return afterSqueeze ? ["mstore(0x00, state)", "state := keccak256(0x00, 0x20)", store] : [store];
}
