/** Instructions against `core/`: a bigint interpreter of the key's words computes the batched value and the column weights. */
import { describe, expect, test } from "vitest";
import { add, fromBytes, inv, mul, R, sub } from "../../../core/field.ts";
import { lineAt, openedColumns, quotientAtInverse } from "../../../core/opening.ts";
import { addressOf, wordAt } from "../../../verifier-gen/layout.ts";
import { verifierRoots } from "../../../verifier-gen/plan.ts";
import { fieldWord, HEADER_BYTES, HEADER_MPTR, type HeaderField } from "../../../verifier-gen/universal/header.ts";
import { encodeUniversalKey } from "../../../verifier-gen/universal/key.ts";
import { mixedCircuit, tinyCircuit } from "../../support/circuits.ts";
import { FORMULA_CIRCUITS, formulaKey } from "../circuits.ts";
import { expectedValues, fieldElements, memoryWords, randomRun } from "../evaluate.ts";

const SEEDS = [1n, 2n];

const circuits = [
  ...FORMULA_CIRCUITS,
  tinyCircuit(),
  mixedCircuit({ blocksPerColumn: 4 }),
  mixedCircuit({ blocksPerColumn: 1, fixedColumnLength: 2048 }),
].map((circuit) => ({ circuit, title: `${circuit.name}, ${circuit.blocksPerColumn} blocks per column` }));

describe.each(circuits)("$title", ({ circuit }) => {
  const key = formulaKey(circuit);
  const { header, body } = encodeUniversalKey(key, 0);
  const { memory } = verifierRoots(key, HEADER_MPTR + HEADER_BYTES);
  const at = (expression: string): number => addressOf(memory, expression);
  const field = (name: HeaderField): number => {
    const end = fieldWord(name) + 32 - HEADER_MPTR;
    return Number(fromBytes(header.subarray(end - 4, end)));
  };
  const bodyWord = (address: number): bigint => {
    const offset = address - field("KEY_MPTR");
    return fromBytes(body.subarray(offset, offset + 32));
  };

  /** Words of the key are in memory from the start; the zero slot is zero. */
  function initialMemory(): Map<number, bigint> {
    const words = new Map<number, bigint>([[0x60, 0n]]);
    for (let address = field("KEY_MPTR"); address < field("END_MPTR"); address += 32)
      words.set(address, bodyWord(address));
    return words;
  }

  function run(words: Map<number, bigint>, from: number, to: number): void {
    const read = (address: number): bigint => {
      const value = words.get(address);
      if (value === undefined) throw new Error(`read of 0x${address.toString(16)} before it is written`);
      return value;
    };
    for (let address = from; address < to; address += 32) {
      const bits = bodyWord(address).toString(2).padStart(256, "0");
      // 12 bits, 11 zeros, 19 times 12 bits, 5 zeros.
      const fields = `${bits.slice(0, 12)}${bits.slice(23, 251)}`;
      for (let i = 0; i < 5; i++) {
        const [target, left, right, addend] = [0, 1, 2, 3].map(
          (k) => 32 * Number.parseInt(fields.slice(48 * i + 12 * k, 48 * i + 12 * k + 12), 2),
        );
        words.set(target, add(mul(read(left), read(right)), read(addend)));
      }
    }
  }

  test.each(SEEDS)("seed %i", (seed) => {
    const next = fieldElements(1000n + seed);
    const randomValues = randomRun(circuit, seed);
    const [z, delta, zeta, s1, s2, hz] = Array.from({ length: 6 }, next);
    const zi = inv(z);
    const atZ = expectedValues(circuit, randomValues, z);
    const atInverse = expectedValues(circuit, randomValues, zi);
    const words = initialMemory();
    for (const [pointer, value] of memoryWords(randomValues, atZ.publicValues)) {
      if (pointer.startsWith("add(") || memory.pointers.some(({ name }) => name === pointer))
        words.set(at(pointer), value);
    }
    for (const [pointer, value] of Object.entries({
      Z_MPTR: z,
      INVERSE_Z_MPTR: zi,
      DELTA_MPTR: delta,
      ZETA_MPTR: zeta,
      AT_Z_MPTR: s1,
      AT_INVERSE_MPTR: s2,
      QUOTIENT_AT_Z_MPTR: hz,
      INVERSE_MPTR: inv(mul(z, sub(mul(z, z), 1n))),
    }))
      words.set(at(pointer), value);

    run(words, field("FIXED_PROGRAM_MPTR"), field("VARYING_PROGRAM_MPTR"));
    const columns = openedColumns(circuit);
    columns.forEach((_, i) => {
      words.set(at(wordAt("COLUMN_SCALARS_MPTR", i)), 0n);
    });
    for (const [source, x] of [
      ["POINT_Z_MPTR", z],
      ["POINT_INVERSE_MPTR", zi],
    ] as const) {
      for (const i of [0, 1]) words.set(at(wordAt("POINT_MPTR", i)), words.get(at(wordAt(source, i))) as bigint);
      let [power, inversePower] = [x, inv(x)];
      for (let k = 0; k < memory.powerTableSize; k++) {
        words.set(at(wordAt("POWERS_MPTR", k)), power);
        words.set(at(wordAt("INVERSE_POWERS_MPTR", k)), inversePower);
        [power, inversePower] = [mul(power, power), mul(inversePower, inversePower)];
      }
      run(words, field("VARYING_PROGRAM_MPTR"), field("END_MPTR"));
    }

    const scalarAtInverse = mul(mul(delta, delta), sub(zeta, z));
    const scalarAtZ = mul(delta, sub(zeta, zi));
    columns.forEach((column, i) => {
      const expected = add(mul(scalarAtZ, atInverse.weights[i]), mul(scalarAtInverse, atZ.weights[i]));
      expect(words.get(at(wordAt("COLUMN_SCALARS_MPTR", i))), `${column.kind} ${column.index}`).toBe(expected % R);
    });
    const line = lineAt(
      { z, inverse: zi },
      inv(sub(z, zi)),
      hz,
      quotientAtInverse({ z, inverse: zi }, atZ.value, s1, s2, hz),
      zeta,
    );
    const constant = add(add(mul(scalarAtZ, s1), mul(scalarAtInverse, s2)), line);
    expect(words.get(at("GENERATOR_SCALAR_MPTR"))).toBe(sub(0n, constant));
  });
});
