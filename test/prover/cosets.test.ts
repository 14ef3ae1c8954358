import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inv, mul, pow, R } from "../../core/field.ts";
import type { Engine } from "../../kernels/engine.ts";
import { rootOfUnity } from "../../kernels/reference.ts";
import { cosetsOf, cosetValues, powerCosets, symmetricCoefficients } from "../../prover/cosets.ts";
import { createEngine } from "../../prover/engine.ts";
import { numbers } from "../support/circuits.ts";

const SEED = 29;

describe.each([
  [8, 4096, 2],
  [1024, 1024, 2],
  [1024, 512, 4],
  [1024, 256, 8],
  [1024, 16, 8],
])("%i cells, %i rows", (length, rows, count) => {
  let engine: Engine;
  const random = numbers(SEED);
  const scalar = (): bigint => BigInt(random(1, 2 ** 30)) ** 9n % R;
  const cosets = cosetsOf(length, rows);
  const pointsOf = ({ size, shifts }: typeof cosets, coset: number): bigint[] =>
    Array.from({ length: size }, (_, j) => mul(shifts[coset], pow(rootOfUnity(size), j)));
  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
  });
  afterAll(() => engine.close());

  test("the points are twice as many as the cells, and closed under inversion in reverse order", () => {
    expect(cosets.shifts).toHaveLength(count);
    const points = cosets.shifts.map((_, coset) => pointsOf(cosets, coset));
    expect(new Set(points.flat()).size).toBe(2 * length);
    points.forEach((own, coset) => {
      expect(points[count - 1 - coset].toReversed()).toEqual(own.map(inv));
    });
  });

  test("values of field elements, of integers, of short polynomials and of powers", () => {
    const cells = engine.intVec(Int32Array.from({ length }, () => random(-(2 ** 31), 2 ** 31 - 1)));
    const elements = engine.frVec(length);
    engine.fromInts(elements, cells);
    const short = engine.slice(elements, 0, cosets.size);
    const last = cosets.size - 1;
    const power = powerCosets(cosets, cosets.size > 8 ? 4 : 1);
    const outer = engine.slice(elements, 0, length / (cosets.size > 8 ? 4 : 1));
    cosets.shifts.forEach((_, coset) => {
      const point = pointsOf(cosets, coset)[last];
      const values = engine.read(cosetValues(engine, elements, cosets, coset));
      expect(values[last]).toBe(engine.evaluate(elements, point));
      expect(engine.read(cosetValues(engine, cells, cosets, coset))).toEqual(values);
      expect(engine.read(cosetValues(engine, short, cosets, coset), last)).toEqual([engine.evaluate(short, point)]);
      const repeated = cosetValues(engine, outer, power, coset);
      const expected = engine.evaluate(outer, pow(point, cosets.size / power.size));
      expect(engine.read(repeated, last % power.size, 1)).toEqual([expected]);
    });
  });

  test("a symmetric Laurent polynomial comes back from half of its values", () => {
    const coefficients = engine.frVec(length);
    engine.write(coefficients, 0, Array.from({ length }, scalar));
    const [constant] = engine.read(coefficients, 0, 1);
    const halves = Array.from({ length: count / 2 }, (_, coset) => {
      const half = engine.frVec(cosets.size);
      const points = pointsOf(cosets, coset);
      const values = points.map((x) => engine.evaluate(coefficients, x) + engine.evaluate(coefficients, inv(x)));
      engine.write(
        half,
        0,
        values.map((value) => (value + R - constant) % R),
      );
      return half;
    });
    const result = symmetricCoefficients(engine, halves, cosets);
    expect(engine.read(result)).toEqual(engine.read(coefficients));
  });
});
