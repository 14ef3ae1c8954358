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

export function transcriptCode(circuit: Circuit): TranscriptCode {
  const steps = scheduleOf(circuit);
  const firstRound = steps.findIndex((step) => step.name === roundName(circuit.logRows - 1));
  const lastRound = steps.findIndex((step) => step.name === pointName(0));
  const code = (from: number, to: number): string[] => {
    const lines: string[] = [];
    for (let i = from; i < to; i++) {
      const step = steps[i];
      lines.push(
        ...(step.kind === "absorb"
          ? absorb(wordsBefore(steps, i), wordCount(step), i === lastRound + 1)
          : squeeze(step.name, steps[i - 1])),
      );
    }
    return lines;
  };
  return { beforeRounds: code(0, firstRound), afterRounds: code(lastRound + 1, steps.length) };
}

function wordsBefore(steps: readonly Step[], index: number): number {
  return steps.slice(0, index).reduce((sum, step) => sum + (step.kind === "absorb" ? wordCount(step) : 0), 0);
}

function absorb(word: number, count: number, afterRounds: boolean): string[] {
  const before = word === 0 ? "sub(PROOF_MPTR, 0x20)" : wordAt("PROOF_MPTR", word - 1);
  const hash = [`mstore(${before}, state)`, `state := keccak256(${before}, ${hex(32 * (count + 1))})`];
  // Nobody reads the word before the first message, nor the last word of a round that is done.
  if (word === 0 || afterRounds) return hash;
  return [`word := mload(${before})`, ...hash, `mstore(${before}, word)`];
}

function squeeze(name: string, previous: Step): string[] {
  const store = `mstore(${CHALLENGE_POINTERS[name]}, and(state, CHALLENGE_MASK))`;
  if (previous.kind === "absorb") return [store];
  return ["mstore(0x00, state)", "state := keccak256(0x00, 0x20)", store];
}
