/**
 * Replaces the inverse sent with a proof by the one its altered words call for. Without it almost every alteration changes z and is
 * caught by that word alone, and the later checks would go untested.
 */
import { inv, mul, sub } from "../../../core/field.ts";
import { proofSections } from "../../../core/proof.ts";
import { scheduleOf, wordCount } from "../../../core/schedule.ts";
import { createTranscript } from "../../../core/transcript.ts";
import { statementDigest } from "../../../core/verifying-key.ts";
import { encode, type Tamper, wordsOf } from "./tampers.ts";

/** All challenges of a proof, by name, whatever it proves. */
export function challengesOf({ key, statement, proof }: Tamper): Map<string, bigint> {
  const schedule = scheduleOf(key.circuit);
  const transcript = createTranscript(schedule, statementDigest(key, statement));
  const words = wordsOf(proof);
  const challenges = new Map<string, bigint>();
  let position = 0;
  for (const step of schedule) {
    if (step.kind === "squeeze") challenges.set(step.name, transcript.squeeze(step.name));
    else {
      transcript.absorb(step.name, words.slice(position, position + wordCount(step)));
      position += wordCount(step);
    }
  }
  return challenges;
}

export function withHint(tamper: Tamper): Tamper {
  const z = challengesOf(tamper).get("z") as bigint;
  const { word } = proofSections(tamper.key.circuit).find(({ part }) => part.name === "inverse") as { word: number };
  const words = wordsOf(tamper.proof);
  return {
    ...tamper,
    way: `${tamper.way}, hint repaired`,
    proof: encode(words.with(word, inv(mul(z, sub(mul(z, z), 1n)))), tamper.proof),
  };
}
