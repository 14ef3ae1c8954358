/** A prover that follows the protocol with a wrong witness is caught, whichever cell it moves and however it covers its tracks. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import type { ProvingKey } from "../../prover/setup.ts";
import { computeWitness, type Witness } from "../../prover/witness.ts";
import { attack } from "./support/attack.ts";
import { cheatsAt, copyWitness } from "./support/cheats.ts";
import { FIXTURES, inputOf, provenPair, SEED } from "./support/proven.ts";
import { LONG, report } from "./support/report.ts";

describe.each(FIXTURES)("$title", (fixture) => {
  let engine: Engine;
  let key: ProvingKey;
  let witness: Witness;
  const input = inputOf(fixture, SEED);
  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
    ({ key } = provenPair(engine, fixture));
    witness = computeWitness(key.plan, input);
  });
  afterAll(() => engine.close());

  test("the honest witness is accepted", () => {
    expect(attack(key, input, copyWitness(witness))).toBe("accepted");
  });

  test("every cheat on a row of every segment is rejected", () => {
    const targets = fixture.circuit.segments.flatMap(({ start, count }) =>
      LONG ? [start, start + Math.floor(count / 2), start + count - 1] : [start + Math.floor(count / 2)],
    );
    const cheats = targets.flatMap((row, k) =>
      cheatsAt(key.plan, witness, row).filter((_, i) => LONG || fixture.title !== "mixed" || i % 3 === k % 3),
    );
    const results = cheats.map((cheat) => ({ cheat, result: attack(key, input, cheat.witness) }));
    const accepted = results.filter(({ result }) => result !== "Verifier.PairingError" && result !== "not expressible");
    expect(accepted.map(({ cheat, result }) => `${cheat.name} at row ${cheat.row}: ${result}`)).toEqual([]);
    const tried = results.filter(({ result }) => result === "Verifier.PairingError").length;
    expect(tried).toBeGreaterThan(10);
    report("perturbations", `witness of ${fixture.title}`, tried);
  });

  test("a wrong input or padding cell is rejected", () => {
    const { inputs, constrainedEnd } = fixture.circuit;
    const rows = [inputs[0].start, inputs[0].start + inputs[0].count - 1, constrainedEnd, key.plan.layout.rows - 1];
    const accepted: string[] = [];
    for (const [k, row] of rows.entries()) {
      for (const block of (["q", "y", "rem", "m"] as const).filter((_, b) => LONG || b === k || b === (k + 1) % 4)) {
        const cells = copyWitness(witness);
        cells[block][row] += k % 2 === 0 ? 1 : -1;
        if (attack(key, input, cells) !== "Verifier.PairingError") accepted.push(`${block}[${row}]`);
      }
    }
    expect(accepted).toEqual([]);
  });
});
