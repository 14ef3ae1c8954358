import { keccak_256 } from "@noble/hashes/sha3.js";
import { expect, test } from "vitest";
import { fromBytes, toWord } from "../../core/field.ts";
import { type Step, scheduleOf, wordCount } from "../../core/schedule.ts";
import { CHALLENGE_MASK, createTranscript, TranscriptOrderError } from "../../core/transcript.ts";
import { mixedCircuit } from "../support/circuits.ts";

const seed = keccak_256(new Uint8Array([1]));
const steps: Step[] = [
  { kind: "absorb", name: "a", parts: [{ name: "x", kind: "scalar", count: 2 }] },
  { kind: "squeeze", name: "c" },
  { kind: "squeeze", name: "d" },
];

test("states follow the definition", () => {
  const transcript = createTranscript(steps, seed);
  transcript.absorb("a", [5n, 6n]);
  const state = keccak_256(Uint8Array.from([...seed, ...toWord(5n), ...toWord(6n)]));
  expect(transcript.squeeze("c")).toBe(fromBytes(state) & CHALLENGE_MASK);
  expect(transcript.squeeze("d")).toBe(fromBytes(keccak_256(state)) & CHALLENGE_MASK);
  transcript.finish();
});

test.each([
  ["another name", (t: ReturnType<typeof createTranscript>) => t.absorb("b", [1n, 2n])],
  ["another length", (t: ReturnType<typeof createTranscript>) => t.absorb("a", [1n])],
  ["a challenge too early", (t: ReturnType<typeof createTranscript>) => t.squeeze("c")],
  ["an early end", (t: ReturnType<typeof createTranscript>) => t.finish()],
])("%s is an error", (_name, misuse) => {
  expect(() => misuse(createTranscript(steps, seed))).toThrow(TranscriptOrderError);
});

/** Challenges of a whole proof whose words are `words`. */
function challenges(schedule: readonly Step[], words: readonly bigint[]): bigint[] {
  const transcript = createTranscript(schedule, seed);
  let position = 0;
  return schedule.flatMap((step) => {
    if (step.kind === "squeeze") return [transcript.squeeze(step.name)];
    const count = wordCount(step);
    transcript.absorb(step.name, words.slice(position, position + count));
    position += count;
    return [];
  });
}

test("changing an absorbed word changes every later challenge and no earlier one", () => {
  const schedule = scheduleOf(mixedCircuit());
  const total = schedule.reduce((sum, step) => sum + (step.kind === "absorb" ? wordCount(step) : 0), 0);
  const words = Array.from({ length: total }, (_, i) => BigInt(i + 1));
  const honest = challenges(schedule, words);
  let word = 0;
  let earlier = 0;
  for (const step of schedule) {
    if (step.kind === "squeeze") {
      earlier++;
      continue;
    }
    for (let i = 0; i < wordCount(step); i++, word++) {
      const changed = challenges(schedule, words.with(word, words[word] + 1000n));
      changed.forEach((value, c) => {
        expect(value === honest[c], `word ${word}, challenge ${c}`).toBe(c < earlier);
      });
    }
  }
});

test("the schedule is the committed inventory", () => {
  expect(scheduleOf(mixedCircuit())).toMatchSnapshot();
});
