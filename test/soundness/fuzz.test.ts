/** Structured random proofs: valid ones with a few words, points, sections or public bytes replaced. None is accepted. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Q, R } from "../../core/field.ts";
import { proofSections } from "../../core/proof.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { numbers } from "../support/circuits.ts";
import { withHint } from "./support/hint.ts";
import { FIXTURES, outcome, provenPair } from "./support/proven.ts";
import { LONG, report } from "./support/report.ts";
import { encode, nameOf, type Proven, type Tamper, wordsOf } from "./support/tampers.ts";

const SEED = 2024;
const COUNT = LONG ? 4000 : 60;

describe.each(FIXTURES)("$title", (fixture) => {
  let engine: Engine;
  let proven: Proven;
  let other: Proven;
  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
    ({ proven, other } = provenPair(engine, fixture));
  });
  afterAll(() => engine.close());

  test(`${COUNT} random proofs are rejected, seed ${SEED}`, () => {
    const random = numbers(SEED);
    const bits = (): bigint =>
      Array.from({ length: 16 }, () => random(0, 65535)).reduce((value, word) => value * 65536n + BigInt(word), 0n);
    const [words, foreign] = [wordsOf(proven.proof), wordsOf(other.proof)];
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
    const accepted: string[] = [];
    for (let n = 0; n < COUNT; n++) {
      const changed = words.slice();
      const touched = random(1, 4);
      for (let t = 0; t < touched; t++) {
        const section = sections[random(0, sections.length - 1)];
        const i =
          section.word + random(0, section.part.kind === "point" ? 2 * section.part.count - 1 : section.part.count - 1);
        changed[i] = replacements[random(0, replacements.length - 1)](i);
      }
      const input = proven.statement.input.slice();
      if (random(0, 5) === 0) input[random(0, input.length - 1)] ^= 1 << random(0, 7);
      const statement = { ...proven.statement, input };
      const proof = encode(changed, proven.proof);
      if (Buffer.compare(proof, proven.proof) === 0 && input.join() === proven.statement.input.join()) continue;
      const tamper: Tamper = { ...proven, statement, proof, target: "random", way: `${n}` };
      const result = outcome(n % 2 === 0 ? withHint(tamper) : tamper);
      // The curve library refuses a point with y = 0 in its own words.
      if (!/^(Verifier\.|Proof\.ShapeError|Statement\.PreimageError)/.test(result))
        accepted.push(`${nameOf(tamper)}: ${result}`);
    }
    expect(accepted).toEqual([]);
    report("fuzzProofs", `proof of ${fixture.title}`, COUNT);
  });
});
