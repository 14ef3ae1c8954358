/** Structured random proofs go to the TypeScript verifier. None is accepted, and each is refused by a check. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { FIXTURES, outcome, provenPair } from "./support/proven.ts";
import { randomProofs } from "./support/random-proofs.ts";
import { LONG, report } from "./support/report.ts";
import { nameOf, type Proven } from "./support/tampers.ts";

const SEED = 2024;
const COUNT = LONG ? 500 : 60;

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
    const wrong: string[] = [];
    let tried = 0;
    for (const tamper of randomProofs(proven, other.proof, SEED, COUNT)) {
      tried++;
      const result = outcome(tamper);
      if (!/^(Verifier\.|Proof\.ShapeError|Statement\.PreimageError)/.test(result))
        wrong.push(`${nameOf(tamper)}: ${result}`);
    }
    expect(wrong).toEqual([]);
    report("fuzzProofs", `proof of ${fixture.title}`, tried);
  });
});
