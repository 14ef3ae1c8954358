/** Every vector operation against its BigInt twin, on one and two threads and with both kinds of products. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { add, mul, pow, R, sub } from "../../../core/field.ts";
import type { Addend, Engine } from "../../../kernels/engine.ts";
import { rootOfUnity } from "../../../kernels/reference.ts";
import type { EngineOptions } from "../../../prover/engine.ts";
import { createEngine } from "../../../prover/engine.ts";
import type { Twins } from "./twins.ts";
import { createTwins, EDGES, LENGTHS, POWERS_OF_TWO } from "./twins.ts";

const SEED = 0xc0ffeen;

const CONFIGURATIONS: [string, EngineOptions][] = [
  ["one thread", { threads: 1, products: "fused" }],
  // Every range goes to the pool, however short.
  ["two threads", { threads: 2, products: "fused", sharingPaysNs: 1 }],
  ["split products", { threads: 1, products: "split" }],
];

describe.each(CONFIGURATIONS)(`vector operations, %s (seed ${SEED})`, (_name, options) => {
  let engine: Engine;
  let twins: Twins;
  let marks: { tested: number; reference: number };

  beforeAll(async () => {
    engine = await createEngine(options);
  });
  afterAll(() => engine.close());
  beforeEach(() => {
    twins = createTwins(engine, SEED);
    marks = twins.both((e) => e.mark());
  });
  afterEach(() => {
    engine.release(marks.tested);
  });

  const challenges = (): bigint[] => [0n, 1n, R - 1n, twins.random.scalar()];

  describe.each(LENGTHS)("length %i", (length) => {
    it("writes and reads, whole and in parts", () => {
      const v = twins.fr(twins.scalars(length));
      twins.expectSame(v);
      for (const [start, count] of [
        [0, 1],
        [length - 1, 1],
        [length >> 1, length - (length >> 1)],
        [length >> 2, length >> 1],
      ]) {
        const values = twins.scalars(count!);
        twins.both((e, pick) => e.write(pick(v), start!, values));
        const read = twins.both((e, pick) => e.read(pick(v), start, count));
        expect(read.tested).toEqual(read.reference);
        twins.expectSame(v);
      }
    });

    it("fills, copies and converts integers", () => {
      const v = twins.freshFr(length);
      for (const value of EDGES) {
        twins.both((e, pick) => e.fill(pick(v), value));
        twins.expectSame(v);
      }
      const source = twins.fr(twins.scalars(length));
      twins.both((e, pick) => e.copy(pick(v), pick(source)));
      twins.expectSame(v, source);
      const ints = twins.ints(twins.integers(length, 32));
      twins.both((e, pick) => e.fromInts(pick(v), pick(ints)));
      twins.expectSame(v);
      expect([...engine.ints(ints.tested)]).toEqual([...twins.reference.ints(ints.reference)]);
      expect(engine.read(engine.frVec(length, true))).toEqual(new Array(length).fill(0n));
    });

    it.each(["add", "sub", "mul"] as const)("%s, with and without aliasing", (operation) => {
      const [a, b] = [twins.fr(twins.scalars(length)), twins.fr(twins.scalars(length))];
      const out = twins.freshFr(length);
      twins.both((e, pick) => {
        e[operation](pick(out), pick(a), pick(b));
        e[operation](pick(a), pick(a), pick(b));
        e[operation](pick(b), pick(a), pick(b));
        e[operation](pick(a), pick(a), pick(a));
      });
      twins.expectSame(out, a, b);
    });

    it("keeps values in range over long chains", () => {
      const [a, b] = [twins.fr(twins.scalars(length)), twins.fr(twins.scalars(length))];
      twins.both((e, pick) => {
        for (let k = 0; k < 20; k++) {
          e.sub(pick(a), pick(a), pick(b));
          e.mul(pick(b), pick(a), pick(b));
          e.add(pick(a), pick(a), pick(a));
          e.sub(pick(b), pick(b), pick(a));
        }
      });
      twins.expectSame(a, b);
    });

    it.each([0, 1, 2, 7])("linear with %i addends", (count) => {
      const dst = twins.fr(twins.scalars(length));
      const sources = Array.from({ length: count }, (_, k) =>
        k % 3 === 2 ? twins.ints(twins.integers(length + 8, 32)) : k === 3 ? dst : twins.fr(twins.scalars(length + k)),
      );
      const scales = twins.scalars(count);
      const constant = twins.random.scalar();
      twins.both((e, pick) => {
        const addends: Addend[] = sources.map((source, k) => ({
          scale: scales[k]!,
          source: pick(source as typeof dst),
        }));
        e.linear(pick(dst), constant, addends);
      });
      twins.expectSame(dst);
    });

    it("linear of integers alone, and of the target alone", () => {
      const dst = twins.fr(twins.scalars(length));
      const ints = twins.ints(twins.integers(length, 32));
      for (const scale of EDGES) {
        twins.both((e, pick) => e.linear(pick(dst), R - scale - 1n, [{ scale, source: pick(ints) }]));
        twins.expectSame(dst);
        twins.both((e, pick) => e.linear(pick(dst), scale, [{ scale, source: pick(dst) }]));
        twins.expectSame(dst);
      }
    });

    it("powers", () => {
      const v = twins.freshFr(length);
      for (const base of [...EDGES, twins.random.scalar()]) {
        twins.both((e, pick) => e.powers(pick(v), base));
        twins.expectSame(v);
        twins.both((e, pick) => e.powers(pick(v), base, R - 3n));
        twins.expectSame(v);
      }
    });

    it("dot and dotInts over the shorter length", () => {
      const a = twins.fr(twins.scalars(length));
      for (const other of [length, length + 5, Math.max(1, length - 3)]) {
        const b = twins.fr(twins.scalars(other));
        const ints = twins.ints(twins.integers(other, 32));
        const sums = twins.both((e, pick) => [
          e.dot(pick(a), pick(b)),
          e.dot(pick(b), pick(a)),
          e.dotInts(pick(a), pick(ints)),
        ]);
        expect(sums.tested).toEqual(sums.reference);
      }
    });

    it("gatherMulAdd, skipping negative indices", () => {
      const [a, b] = [twins.fr(twins.scalars(37)), twins.fr(twins.scalars(length + 11))];
      const dst = twins.fr(twins.scalars(length));
      const indices = (bound: number): number[] =>
        Array.from({ length }, (_, i) => (i % 5 === 3 ? -1 - i : i === 0 ? bound - 1 : twins.random.below(bound)));
      const [ia, ib] = [twins.ints(indices(37)), twins.ints(indices(length + 11))];
      for (const scale of challenges()) {
        twins.both((e, pick) => e.gatherMulAdd(pick(dst), pick(a), pick(ia), pick(b), pick(ib), scale));
        twins.expectSame(dst);
      }
      const wide = twins.fr(twins.scalars(length + 40));
      const iw = twins.ints(indices(length + 40));
      twins.both((e, pick) => e.gatherMulAdd(pick(dst), pick(wide), pick(iw), pick(wide), pick(iw), 12345n));
      twins.expectSame(dst);
    });

    it("batchInverse, and the index of a zero", () => {
      const values = twins.scalars(length).map((value) => (value === 0n ? 5n : value));
      const v = twins.fr(values);
      twins.both((e, pick) => e.batchInverse(pick(v)));
      twins.expectSame(v);
      for (const index of new Set([0, length >> 1, length - 1])) {
        const zero = twins.fr(values.map((value, i) => (i === index ? 0n : value)));
        expect(() => engine.batchInverse(zero.tested)).toThrow(
          expect.objectContaining({ name: "Kernels.ZeroInverseError", index }),
        );
        twins.expectSame(zero);
      }
    });

    it("settle keeps the named vectors and frees the others", () => {
      const kept = [twins.scalars(length), twins.scalars(length + 5), twins.scalars(3)];
      for (const order of [
        [0, 1, 2],
        [2, 0, 1],
      ]) {
        twins.both((e) => {
          const mark = e.mark();
          const vectors = kept.map((values) => {
            e.frVec(length + 9);
            const v = e.frVec(values.length);
            e.write(v, 0, values);
            return v;
          });
          const settled = e.settle(
            mark,
            order.map((index) => vectors[index]!),
          );
          const next = e.frVec(length, true);
          expect(settled.map((v) => e.read(v))).toEqual(order.map((index) => kept[index]));
          expect(e.read(next)).toEqual(new Array(length).fill(0n));
          e.release(mark);
        });
      }
    });

    it("reversedMulAdd", () => {
      const random = () => twins.fr(twins.scalars(length));
      const [dst, a, b] = [random(), random(), random()];
      twins.both((e, pick) => e.reversedMulAdd(pick(dst), pick(a), pick(b)));
      twins.expectSame(dst, a, b);
    });

    it("evaluate and divideLinear", () => {
      for (const z of challenges()) {
        const v = twins.fr(twins.scalars(length));
        const value = twins.both((e, pick) => [e.evaluate(pick(v), z), e.divideLinear(pick(v), z)]);
        expect(value.tested).toEqual(value.reference);
        expect(value.tested[0]).toBe(value.tested[1]);
        twins.expectSame(v);
      }
    });

    it("leaves what lies behind a slice", () => {
      const values = twins.scalars(length + 30);
      const start = 8 * (length % 3);
      const whole = twins.fr(values);
      const part = twins.both((e, pick) => e.slice(pick(whole), start, length));
      const other = twins.fr(twins.scalars(length));
      const ints = twins.ints(twins.integers(length, 32));
      twins.both((e, pick) => {
        const v = pick(part);
        e.mul(v, v, pick(other));
        e.fromInts(v, pick(ints));
        e.linear(v, 7n, [
          { scale: 3n, source: v },
          { scale: 9n, source: pick(other) },
        ]);
        e.powers(v, 3n);
        e.batchInverse(v);
        e.reversedMulAdd(v, pick(other), pick(other));
        e.divideLinear(v, 11n);
        e.gatherMulAdd(
          v,
          pick(other),
          pick(twins.ints(new Array(length).fill(0))),
          pick(other),
          pick(twins.ints(new Array(length).fill(0))),
          4n,
        );
        e.copy(v, pick(other));
        e.fill(v, 5n);
      });
      twins.expectSame(whole);
    });
  });

  describe.each(POWERS_OF_TWO)("length %i", (length) => {
    const variables = Math.log2(length);

    it("eqTable", () => {
      const v = twins.freshFr(length);
      for (const scale of challenges()) {
        const point = twins.scalars(variables);
        twins.both((e, pick) => e.eqTable(pick(v), point, scale));
        twins.expectSame(v);
      }
    });

    it("ntt and its inverse", () => {
      const v = twins.fr(twins.scalars(length));
      twins.both((e, pick) => e.ntt(pick(v)));
      twins.expectSame(v);
      twins.both((e, pick) => e.ntt(pick(v), true));
      twins.expectSame(v);
      twins.both((e, pick) => e.ntt(pick(v), true));
      twins.expectSame(v);
    });

    it("ntt on a coset and its inverse", () => {
      const v = twins.fr(twins.scalars(length));
      for (const shift of [R - 1n, rootOfUnity(2 * length), twins.random.scalar()]) {
        twins.both((e, pick) => e.ntt(pick(v), false, shift));
        twins.expectSame(v);
        twins.both((e, pick) => e.ntt(pick(v), true, shift));
        twins.expectSame(v);
      }
      twins.both((e, pick) => e.ntt(pick(v), true, 3n));
      twins.expectSame(v);
    });

    if (length >= 8) {
      it("mulPeriodic at every period", () => {
        const a = twins.fr(twins.scalars(length));
        for (let period = 8; period <= length; period *= 2) {
          const [dst, b] = [twins.freshFr(length), twins.fr(twins.scalars(period))];
          twins.both((e, pick) => e.mulPeriodic(pick(dst), pick(a), pick(b)));
          twins.expectSame(dst, a, b);
        }
      });
    }

    if (length === 1) return;

    it("folds down to one element", () => {
      let v = twins.fr(twins.scalars(length));
      const whole = v;
      for (let left = length; left > 1; left /= 2) {
        const r = left === length ? R - 1n : twins.random.scalar();
        v = twins.both((e, pick) => e.fold(pick(v), r));
        twins.expectSame(v);
        twins.expectSame(whole);
      }
      expect(v.tested.length).toBe(1);
    });

    it("productRound and lookupRound, at every length down to two", () => {
      let [phi1, phi2, phiT, h, m] = [1, 2, 3, 4, 5].map(() => twins.fr(twins.scalars(length))) as [P, P, P, P, P];
      type P = ReturnType<Twins["fr"]>;
      const eq = twins.fr(twins.scalars(length));
      for (let left = length; left > 1; left /= 2) {
        const sums = twins.both((e, pick) => [
          e.productRound(pick(phi1), pick(h)),
          e.lookupRound({ phi1: pick(phi1), phi2: pick(phi2), phiT: pick(phiT), h: pick(h), m: pick(m) }, pick(eq)),
        ]);
        expect(sums.tested).toEqual(sums.reference);
        const r = twins.random.scalar();
        const folded = (pair: P): P => twins.both((e, pick) => e.fold(pick(pair), r));
        [phi1, phi2, phiT, h, m] = [folded(phi1), folded(phi2), folded(phiT), folded(h), folded(m)];
      }
    });
  });

  // Columns around tiles of 16, rows around packs of 64; entries of 8, 16 and 32 bits take different paths.
  it.each([
    [1, 1],
    [1, 8],
    [3, 5],
    [64, 16],
    [65, 17],
    [63, 15],
    [200, 33],
    [7, 130],
    [500, 1],
    [2, 48],
  ])("matVecInts with %i rows and %i columns", (rows, columns) => {
    const coeffs = twins.fr(twins.scalars(rows));
    for (const bits of [8, 16, 32]) {
      const matrix = twins.ints(twins.integers(rows * columns, bits));
      const dst = twins.fr(twins.scalars(columns));
      twins.both((e, pick) => e.matVecInts(pick(dst), pick(coeffs), pick(matrix), true));
      twins.expectSame(dst);
      twins.both((e, pick) => e.matVecInts(pick(dst), pick(coeffs), pick(matrix)));
      twins.expectSame(dst);
    }
  });

  it("matVecInts with more rows than one flush holds, at the extremes", () => {
    const rows = 4100;
    const coeffs = twins.fr(Array.from({ length: rows }, (_, i) => EDGES[i % 4 === 0 ? 3 : 4]!));
    const matrix = twins.ints(Array.from({ length: rows * 3 }, (_, i) => [-(2 ** 31), -32768, 2 ** 31 - 1][i % 3]!));
    const dst = twins.fr(twins.scalars(3));
    twins.both((e, pick) => e.matVecInts(pick(dst), pick(coeffs), pick(matrix), true));
    twins.expectSame(dst);
  });

  it("linear with more addends than one pass takes", () => {
    const dst = twins.fr(twins.scalars(17));
    const sources = Array.from({ length: 230 }, (_, k) => (k % 50 === 49 ? dst : twins.fr(twins.scalars(17))));
    const scales = twins.scalars(sources.length);
    twins.both((e, pick) =>
      e.linear(
        pick(dst),
        3n,
        sources.map((source, k) => ({ scale: scales[k]!, source: pick(source) })),
      ),
    );
    twins.expectSame(dst);
  });

  it("transforms and divides long vectors", () => {
    // Rows and columns of 256 and 128: several ranges in both passes.
    const length = 2 ** 15;
    const v = engine.frVec(length);
    const original = engine.frVec(length);
    engine.powers(original, twins.random.scalar(), 5n);
    engine.copy(v, original);
    engine.ntt(v);
    const root = rootOfUnity(length);
    for (const i of [0, 1, 2, 255, 256, 20_001, length - 1]) {
      expect(engine.read(v, i, 1)).toEqual([engine.evaluate(original, pow(root, i))]);
    }
    engine.ntt(v, true);
    expect(engine.read(v)).toEqual(engine.read(original));
    const [z, x] = [twins.random.scalar(), twins.random.scalar()];
    const value = engine.divideLinear(v, z);
    expect(value).toBe(engine.evaluate(original, z));
    expect(add(mul(engine.evaluate(v, x), sub(x, z)), value)).toBe(engine.evaluate(original, x));
  });

  it("sums of many blocks at the extremes", () => {
    const length = 8 * 1100 + 3;
    const a = twins.fr(Array.from({ length }, (_, i) => EDGES[3 + (i & 1)]!));
    const ints = twins.ints(Array.from({ length }, (_, i) => (i & 1 ? 2 ** 31 - 1 : -(2 ** 31))));
    const z = twins.random.scalar();
    const sums = twins.both((e, pick) => [
      e.dot(pick(a), pick(a)),
      e.dotInts(pick(a), pick(ints)),
      e.evaluate(pick(a), z),
    ]);
    expect(sums.tested).toEqual(sums.reference);
  });

  it("accepts vectors of length zero where the twin does", () => {
    const [a, b] = [twins.fr([]), twins.fr([])];
    const sums = twins.both((e, pick) => {
      e.add(pick(a), pick(a), pick(b));
      e.fill(pick(a), 1n);
      e.powers(pick(a), 2n);
      e.batchInverse(pick(a));
      return [e.dot(pick(a), pick(b)), e.evaluate(pick(a), 3n), e.divideLinear(pick(a), 3n), ...e.read(pick(a))];
    });
    expect(sums.tested).toEqual(sums.reference);
  });
});
