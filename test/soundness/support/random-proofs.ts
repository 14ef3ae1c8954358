/** Structured random proofs: a valid one with a few words, or bytes of its input, replaced by likely wrong ones. Seeded. */
import { Q, R } from "../../../core/field.ts";
import { proofSections } from "../../../core/proof.ts";
import { partWords } from "../../../core/schedule.ts";
import { numbers } from "../../support/circuits.ts";
import { withHint } from "./hint.ts";
import { encode, type Proven, type Tamper, wordsOf } from "./tampers.ts";

/** `count` altered proofs, fewer where an alteration came out as the proof itself; `other` is a valid proof of another statement. Every second one carries the hint its words call for. */
export function* randomProofs(proven: Proven, other: Uint8Array, seed: number, count: number): Generator<Tamper> {
  const random = numbers(seed);
  const bits = (): bigint =>
    Array.from({ length: 16 }, () => random(0, 65535)).reduce((value, word) => value * 65536n + BigInt(word), 0n);
  const [words, foreign] = [wordsOf(proven.proof), wordsOf(other)];
  const sections = proofSections(proven.key.circuit);
  const replacements: ((i: number) => bigint)[] = [
    () => bits() % R,
    () => bits() % 2n ** 256n,
    () => BigInt(random(0, 3)),
    () => R - BigInt(random(-1, 3)),
    () => Q - BigInt(random(-1, 3)),
    (i) => foreign[i],
    () => words[random(0, words.length - 1)],
    (i) => words[i] ^ (1n << BigInt(random(0, 252))),
    (i) => R - words[i],
  ];
  for (let n = 0; n < count; n++) {
    const changed = words.slice();
    const touched = random(1, 4);
    for (let t = 0; t < touched; t++) {
      const { word, part } = sections[random(0, sections.length - 1)];
      const i = word + random(0, partWords(part) - 1);
      changed[i] = replacements[random(0, replacements.length - 1)](i);
    }
    const input = proven.statement.input.slice();
    if (random(0, 5) === 0) input[random(0, input.length - 1)] ^= 1 << random(0, 7);
    const statement = { ...proven.statement, input };
    const tamper: Tamper = {
      ...proven,
      statement,
      proof: encode(changed, proven.proof),
      target: "random",
      way: `${n}`,
    };
    const final = n % 2 === 0 ? withHint(tamper) : tamper;
    const same = Buffer.compare(final.proof, proven.proof) === 0 && input.join() === proven.statement.input.join();
    if (!same) yield final;
  }
}
