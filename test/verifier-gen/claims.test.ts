/** The printed program against `core/`: batched value and column weights at both points, on random messages. */
import { describe, expect, test } from "vitest";
import { add, inv, mul, R, sub } from "../../core/field.ts";
import { lineAt, openedColumns, quotientAtInverse } from "../../core/opening.ts";
import { planVerifier } from "../../verifier-gen/plan.ts";
import { memoryCircuit, mixedCircuit, tinyCircuit } from "../support/circuits.ts";
import { FORMULA_CIRCUITS, formulaKey } from "./circuits.ts";
import { expectedValues, fieldElements, memoryWords, randomRun } from "./evaluate.ts";
import { runYul, YulMemory } from "./simulate.ts";

const SEEDS = [1n, 2n];

const circuits = [
  ...FORMULA_CIRCUITS,
  tinyCircuit(),
  memoryCircuit(),
  mixedCircuit({ blocksPerColumn: 4 }),
  mixedCircuit({ blocksPerColumn: 2 }),
  mixedCircuit({ blocksPerColumn: 1, fixedColumnLength: 2048 }),
].map((circuit) => ({ circuit, title: `${circuit.name}, ${circuit.blocksPerColumn} blocks per column` }));

describe.each(circuits)("$title", ({ circuit }) => {
  const { program, memory } = planVerifier(formulaKey(circuit));
  const tableSize =
    (memory.pointers.find(({ name }) => name === "INVERSE_POWERS_MPTR")!.value -
      memory.pointers.find(({ name }) => name === "POWERS_MPTR")!.value) /
    32;

  test.each(SEEDS)("seed %i", (seed) => {
    const next = fieldElements(1000n + seed);
    const run = randomRun(circuit, seed);
    const [z, delta, zeta, s1, s2, hz] = Array.from({ length: 6 }, next);
    const zi = inv(z);
    const atZ = expectedValues(circuit, run, z);
    const atInverse = expectedValues(circuit, run, zi);

    const yul = new YulMemory(memory);
    for (const [pointer, value] of memoryWords(run, atZ.publicValues))
      if (yul.pointers.has(pointer) || pointer.startsWith("add(")) yul.set(pointer, value);
    const words = {
      Z_MPTR: z,
      INVERSE_Z_MPTR: zi,
      DELTA_MPTR: delta,
      ZETA_MPTR: zeta,
      AT_Z_MPTR: s1,
      AT_INVERSE_MPTR: s2,
      QUOTIENT_AT_Z_MPTR: hz,
      INVERSE_MPTR: inv(mul(z, sub(mul(z, z), 1n))),
    };
    for (const [pointer, value] of Object.entries(words)) yul.set(pointer, value);
    runYul(program.fixed, yul);

    const columns = openedColumns(circuit);
    const word = (pointer: string, index: number): string =>
      index === 0 ? pointer : `add(${pointer}, 0x${(32 * index).toString(16)})`;
    columns.forEach((_, i) => yul.set(word("COLUMN_SCALARS_MPTR", i), 0n));
    for (const [x, inverse, source] of [
      [z, zi, "POINT_Z_MPTR"],
      [zi, z, "POINT_INVERSE_MPTR"],
    ] as const) {
      for (const i of [0, 1]) yul.set(word("POINT_MPTR", i), yul.get(word(source, i)));
      for (let k = 0, power = x, inversePower = inverse; k < tableSize; k++) {
        yul.set(word("POWERS_MPTR", k), power);
        yul.set(word("INVERSE_POWERS_MPTR", k), inversePower);
        power = mul(power, power);
        inversePower = mul(inversePower, inversePower);
      }
      runYul(program.varying, yul);
    }

    columns.forEach((column, i) => {
      const expected = mul(
        delta,
        add(mul(sub(zeta, zi), atInverse.weights[i]), mul(mul(delta, sub(zeta, z)), atZ.weights[i])),
      );
      expect(yul.get(word("COLUMN_SCALARS_MPTR", i)) % R, `${column.kind} ${column.index}`).toBe(expected);
    });
    const point = { z, inverse: zi };
    const line = lineAt(point, inv(sub(z, zi)), hz, quotientAtInverse(point, atZ.value, s1, s2, hz), zeta);
    const constant = add(mul(delta, add(mul(sub(zeta, zi), s1), mul(mul(delta, sub(zeta, z)), s2))), line);
    expect(yul.get("GENERATOR_SCALAR_MPTR") % R).toBe(sub(0n, constant));
    expect(yul.get("BATCH_SCALAR_MPTR") % R).toBe(sub(0n, mul(sub(zeta, z), sub(zeta, zi))));
  });
});
