/** The reference engine against definitions that do not share its code. */
import { describe, expect, it } from "vitest";
import { add, inv, mod, mul, pow, Q, R, sub } from "../../core/field.ts";
import type { Engine, FrVec } from "../../kernels/engine.ts";
import { GENERATOR } from "../../kernels/msm-reference.ts";
import { createReferenceEngine, rootOfUnity } from "../../kernels/reference.ts";
import { random } from "../prover/engine/twins.ts";

const SEED = 77n;
const source = random(SEED);

const scalars = (length: number): bigint[] => Array.from({ length }, () => source.scalar());

function vector(engine: Engine, values: readonly bigint[]): FrVec {
  const v = engine.frVec(values.length);
  engine.write(v, 0, values);
  return v;
}

const sum = (values: readonly bigint[]): bigint => mod(values.reduce((total, value) => total + value, 0n));
const horner = (values: readonly bigint[], x: bigint): bigint =>
  values.reduceRight((value, c) => add(c, mul(x, value)), 0n);

describe(`reference engine (seed ${SEED})`, () => {
  const engine = createReferenceEngine();

  it.each([1, 2, 8, 32])("ntt of length %i is evaluation at the powers of a primitive root", (length) => {
    const values = scalars(length);
    const root = rootOfUnity(length);
    expect(pow(root, length)).toBe(1n);
    if (length > 1) expect(pow(root, length / 2)).toBe(R - 1n);
    const v = vector(engine, values);
    engine.ntt(v);
    expect(engine.read(v)).toEqual(values.map((_, i) => horner(values, pow(root, i))));
    engine.ntt(v, true);
    expect(engine.read(v)).toEqual(values);
  });

  it.each([1, 8])("ntt on a coset of length %i is evaluation at its points", (length) => {
    const [shift, ...values] = scalars(length + 1) as [bigint, ...bigint[]];
    const v = vector(engine, values);
    engine.ntt(v, false, shift);
    const root = rootOfUnity(length);
    expect(engine.read(v)).toEqual(values.map((_, i) => horner(values, mul(shift, pow(root, i)))));
    engine.ntt(v, true, shift);
    expect(engine.read(v)).toEqual(values);
  });

  it("reversedMulAdd pairs values with those at the inverse points of the opposite coset", () => {
    const [values, weights] = [scalars(8), scalars(8)];
    const shift = rootOfUnity(32);
    const [f, w, out] = [vector(engine, values), vector(engine, weights), engine.frVec(8, true)];
    engine.ntt(f, false, shift);
    engine.ntt(w, false, pow(shift, 3));
    engine.reversedMulAdd(out, f, w);
    const points = values.map((_, j) => mul(shift, pow(rootOfUnity(8), j)));
    expect(engine.read(out)).toEqual(points.map((x) => mul(horner(values, x), horner(weights, inv(x)))));
  });

  it("divideLinear leaves quotient and value: v = q·(X - z) + v(z)", () => {
    const values = scalars(13);
    const [z, x] = scalars(2) as [bigint, bigint];
    const v = vector(engine, values);
    expect(engine.evaluate(v, z)).toBe(horner(values, z));
    const value = engine.divideLinear(v, z);
    expect(value).toBe(horner(values, z));
    expect(engine.read(v, 12)).toEqual([0n]);
    expect(add(mul(engine.evaluate(v, x), sub(x, z)), value)).toBe(horner(values, x));
  });

  it("eqTable is the multilinear indicator, lowest bit first", () => {
    const point = scalars(4);
    const table = engine.frVec(16);
    engine.eqTable(table, point, 3n);
    const expected = Array.from({ length: 16 }, (_, i) =>
      point.reduce((product, p, k) => mul(product, (i >> k) & 1 ? p : sub(1n, p)), 3n),
    );
    expect(engine.read(table)).toEqual(expected);
    expect(sum(expected)).toBe(3n);
  });

  it("round polynomials agree with the sum over folded vectors", () => {
    const [phi1, phi2, phiT, h, m, eq] = Array.from({ length: 6 }, () => vector(engine, scalars(8)));
    const arrays = { phi1: phi1!, phi2: phi2!, phiT: phiT!, h: h!, m: m! };
    const [s0, sMinus1, s2, sInf] = engine.lookupRound(arrays, eq!);
    const [p0, pInf] = engine.productRound(phi1!, h!);
    const high = (v: FrVec): bigint[] => engine.read(v, 4, 4);
    const summand = ([a, b, t, c, d]: readonly bigint[], e: bigint): bigint =>
      mul(e, sub(mul(mul(a!, b!), add(mul(c!, t!), d!)), mul(t!, add(a!, b!))));
    const weights = engine.read(eq!, 0, 4);
    const sumOf = (columns: readonly bigint[][]): bigint =>
      sum(
        weights.map((e, i) =>
          summand(
            columns.map((column) => column[i]!),
            e,
          ),
        ),
      );
    const s1 = sumOf(Object.values(arrays).map(high));
    const p1 = sum(high(phi1!).map((value, i) => mul(value, high(h!)[i]!)));

    const r = source.scalar();
    const folded = Object.values(arrays).map((v) => engine.read(engine.fold(v, r)));
    // The quartic minus its leading term is the cubic through -1, 0, 1, 2.
    const nodes: [bigint, bigint][] = [
      [0n, s0],
      [R - 1n, sMinus1],
      [1n, s1],
      [2n, s2],
    ];
    const cubic = sum(
      nodes.map(([x, y]) => {
        const others = nodes.filter(([node]) => node !== x).map(([node]) => node);
        const basis = others.reduce((product, node) => mul(product, mul(sub(r, node), inv(sub(x, node)))), 1n);
        return mul(sub(y, mul(sInf, pow(x, 4))), basis);
      }),
    );
    expect(add(cubic, mul(sInf, pow(r, 4)))).toBe(sumOf(folded));
    const linearTerm = sub(sub(p1, p0), pInf);
    const product = sum(folded[0]!.map((value, i) => mul(value, folded[3]![i]!)));
    expect(add(add(p0, mul(r, linearTerm)), mul(pInf, mul(r, r)))).toBe(product);
  });

  it("multiplies points by integers and by scalars modulo r", () => {
    const points = engine.points(engine.powersOfTau(2n, 3));
    // 3 - 2·2 = -1, and -P mirrors the y coordinate.
    const negative = engine.msmInts(points, engine.intVec(Int32Array.of(3, -2, 0)));
    expect(negative).toEqual({ x: GENERATOR!.x, y: Q - GENERATOR!.y });
    expect(engine.msm(points, vector(engine, [R - 4n, 0n, 1n]))).toBeNull();
    expect(engine.msm(engine.slicePoints(points, 1, 1), vector(engine, [(R + 1n) / 2n]))).toEqual(GENERATOR);
  });

  it("notices vectors that were released, and values that are not canonical", () => {
    const mark = engine.mark();
    const v = engine.frVec(3);
    engine.release(mark);
    expect(() => engine.read(v)).toThrow(expect.objectContaining({ name: "Kernels.ReleasedVectorError" }));
    expect(() => engine.write(engine.frVec(1), 0, [R])).toThrow(
      expect.objectContaining({ name: "Kernels.ScalarRangeError" }),
    );
  });
});
