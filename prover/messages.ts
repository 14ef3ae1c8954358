/**
 * The prover's side of the transcript. What is sent is absorbed and kept for the proof; `send` gives it back, and the prover goes on
 * from that. For an honest prover these are its own words. Hooks change them: that is how tests make proofs that are honest but for
 * one move.
 */
import type { Claim } from "../core/claims.ts";
import type { Step } from "../core/schedule.ts";
import type { Statement } from "../core/statement.ts";
import { createTranscript, type Transcript } from "../core/transcript.ts";
import type { CommittedColumn } from "./columns.ts";

export interface ProverMessages {
  /** Sends a message of the schedule; returns the words that were sent. */
  send(step: string, words: readonly bigint[]): readonly bigint[];
  squeeze(name: string): bigint;
}

/** The moves of a dishonest prover. */
export interface ProverHooks {
  /** Replaces the statement that the witness shows. */
  readonly statement?: (honest: Statement) => Statement;
  /** Makes the transcript, for example one that draws other challenges or has steps of another length. */
  readonly transcript?: (schedule: readonly Step[], seed: Uint8Array) => Transcript;
  /** Before a phase: the columns committed so far may be written to, the helper last. */
  readonly before?: (phase: string, columns: readonly CommittedColumn[]) => void;
  /** Replaces the words of a step, or of "tail"; where the number of words stays, the prover goes on as if they were its own. */
  readonly message?: (step: string, words: readonly bigint[]) => readonly bigint[];
  /** Replaces the claims that the opening proves. */
  readonly claims?: (honest: readonly Claim[]) => readonly Claim[];
}

export interface RecordedMessages extends ProverMessages {
  /** Words behind the last challenge. */
  sendTail(words: readonly bigint[]): void;
  /** All words sent. Throws TranscriptOrderError unless the schedule was followed to its end. */
  finish(): readonly bigint[];
}

export function createMessages(schedule: readonly Step[], seed: Uint8Array, hooks: ProverHooks = {}): RecordedMessages {
  const transcript = (hooks.transcript ?? createTranscript)(schedule, seed);
  const sent: bigint[] = [];
  const record = (step: string, words: readonly bigint[]): readonly bigint[] => {
    const message = hooks.message?.(step, words) ?? words;
    for (const word of message) sent.push(word);
    return message;
  };
  return {
    send(step, words) {
      const message = record(step, words);
      transcript.absorb(step, message);
      return message.length === words.length ? message : words;
    },
    squeeze: (name) => transcript.squeeze(name),
    sendTail: (words) => void record("tail", words),
    finish() {
      transcript.finish();
      return sent;
    },
  };
}
