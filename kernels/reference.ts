/**
 * The engine with BigInt: slow, and the meaning of every operation. The WebAssembly engine is tested against it.
 *
 * Differences on purpose: uninitialized vectors hold a fixed pattern, so that reading them is noticed, and using a
 * vector after its release throws.
 */
import { add, inv, mod, mul, pow, R, sub } from "../core/field.ts";
import * as check from "./checks.ts";
import type { Addend, Engine, FrVec, IntVec, LookupArrays, Point, PointVec } from "./engine.ts";
import { EngineClosedError, ReleasedVectorError, ZeroInverseError } from "./errors.ts";
import { decodePoints, msmReference, powersOfTauReference } from "./msm-reference.ts";

interface Storage<T> {
  readonly data: T;
  live: boolean;
}

interface Handle<T> {
  readonly storage: Storage<T>;
  readonly offset: number;
}

type RefFr = FrVec & Handle<bigint[]>;
type RefInt = IntVec & Handle<Int32Array>;
type RefPoints = PointVec & Handle<Point[]>;

const UNINITIALIZED = R - 0xdeadbeefn;

export function createReferenceEngine(): Engine {
  const stack: Storage<unknown>[] = [];
  let closed = false;

  function allocate<T>(data: T): Storage<T> {
    if (closed) throw new EngineClosedError();
    const storage = { data, live: true };
    stack.push(storage);
    return storage;
  }

  const fr = (v: FrVec): RefFr => live(v as RefFr);
  const int = (v: IntVec): RefInt => live(v as RefInt);
  const g1 = (v: PointVec): RefPoints => live(v as RefPoints);

  function live<T extends Handle<unknown>>(handle: T): T {
    if (closed) throw new EngineClosedError();
    if (!handle.storage?.live) {
      throw new ReleasedVectorError("the vector is no longer owned by the engine", {
        remedy: "use it before release() of an earlier mark",
      });
    }
    return handle;
  }

  const get = (v: FrVec, i: number): bigint => (v as RefFr).storage.data[(v as RefFr).offset + i]!;
  const set = (v: FrVec, i: number, value: bigint): void => {
    (v as RefFr).storage.data[(v as RefFr).offset + i] = value;
  };
  const intAt = (v: IntVec, i: number): number => (v as RefInt).storage.data[(v as RefInt).offset + i]!;
  const sourceAt = (v: FrVec | IntVec, i: number): bigint => (v.kind === "fr" ? get(v, i) : mod(BigInt(intAt(v, i))));

  function elementwise(what: string, operation: (x: bigint, y: bigint) => bigint) {
    return (dst: FrVec, a: FrVec, b: FrVec): void => {
      check.checkSame(what, fr(dst), fr(a), fr(b));
      for (let i = 0; i < dst.length; i++) set(dst, i, operation(get(a, i), get(b, i)));
    };
  }

  const engine: Engine = {
    threads: 1,

    mark: () => stack.length,
    release(mark) {
      for (const storage of stack.splice(mark)) storage.live = false;
    },
    settle(mark, vectors) {
      const values = vectors.map((v) => engine.read(v));
      engine.release(mark);
      return values.map((data) => ({ kind: "fr", length: data.length, storage: allocate(data), offset: 0 }) as RefFr);
    },
    frVec(length, zero = false) {
      check.checkLength(length, "frVec");
      const storage = allocate(new Array<bigint>(length).fill(zero ? 0n : UNINITIALIZED));
      return { kind: "fr", length, storage, offset: 0 } as RefFr;
    },
    intVec(values) {
      const data = typeof values === "number" ? new Int32Array(check.checkLength(values, "intVec")) : values.slice();
      return { kind: "int", length: data.length, storage: allocate(data), offset: 0 } as RefInt;
    },
    slice(v, start, length) {
      check.checkRange("slice", v, start, length, 8);
      const { storage, offset } = fr(v);
      return { kind: "fr", length, storage, offset: offset + start } as RefFr;
    },
    sliceInts(v, start, length) {
      check.checkRange("sliceInts", v, start, length, 8);
      const { storage, offset } = int(v);
      return { kind: "int", length, storage, offset: offset + start } as RefInt;
    },
    ints(v) {
      const { storage, offset } = int(v);
      return storage.data.subarray(offset, offset + v.length);
    },
    write(v, start, values) {
      check.checkRange("write", fr(v), start, values.length);
      values.forEach((value, i) => set(v, start + i, check.checkScalar(value, "write")));
    },
    read(v, start = 0, count = v.length - start) {
      check.checkRange("read", fr(v), start, count);
      return Array.from({ length: count }, (_, i) => get(v, start + i));
    },

    fill(v, value) {
      check.checkScalar(value, "fill");
      for (let i = 0; i < fr(v).length; i++) set(v, i, value);
    },
    copy(dst, src) {
      check.checkSame("copy", fr(dst), fr(src));
      for (let i = 0; i < dst.length; i++) set(dst, i, get(src, i));
    },
    fromInts(dst, ints) {
      check.checkSame("fromInts", fr(dst), int(ints));
      for (let i = 0; i < dst.length; i++) set(dst, i, mod(BigInt(intAt(ints, i))));
    },
    add: elementwise("add", add),
    sub: elementwise("sub", sub),
    mul: elementwise("mul", mul),
    mulPeriodic(dst, a, b) {
      check.checkSame("mulPeriodic", fr(dst), fr(a));
      check.checkPeriod("mulPeriodic", dst.length, fr(b).length);
      for (let i = 0; i < dst.length; i++) set(dst, i, mul(get(a, i), get(b, i % b.length)));
    },
    linear(dst, constant, addends: readonly Addend[]) {
      check.checkScalar(constant, "linear: constant");
      check.checkAddends(fr(dst), addends);
      for (let i = 0; i < dst.length; i++) {
        set(dst, i, mod(addends.reduce((sum, { scale, source }) => sum + scale * sourceAt(source, i), constant)));
      }
    },
    powers(dst, base, scale = 1n) {
      check.checkScalar(base, "powers: base");
      let power = check.checkScalar(scale, "powers: scale");
      for (let i = 0; i < fr(dst).length; i++) {
        set(dst, i, power);
        power = mul(power, base);
      }
    },
    eqTable(dst, point, scale = 1n) {
      check.checkEqTable(fr(dst), point);
      point.forEach((coordinate) => check.checkScalar(coordinate, "eqTable: point"));
      set(dst, 0, check.checkScalar(scale, "eqTable: scale"));
      point.forEach((coordinate, k) => {
        for (let i = 0, half = 2 ** k; i < half; i++) {
          const high = mul(get(dst, i), coordinate);
          set(dst, half + i, high);
          set(dst, i, sub(get(dst, i), high));
        }
      });
    },
    dot(a, b) {
      let sum = 0n;
      for (let i = 0; i < Math.min(fr(a).length, fr(b).length); i++) sum += get(a, i) * get(b, i);
      return mod(sum);
    },
    dotInts(a, ints) {
      let sum = 0n;
      for (let i = 0; i < Math.min(fr(a).length, int(ints).length); i++) sum += get(a, i) * BigInt(intAt(ints, i));
      return mod(sum);
    },
    matVecInts(dst, coeffs, matrix, accumulate = false) {
      check.checkMatrix(fr(dst), fr(coeffs), int(matrix));
      for (let k = 0; k < dst.length; k++) {
        let sum = accumulate ? get(dst, k) : 0n;
        for (let f = 0; f < coeffs.length; f++) sum += get(coeffs, f) * BigInt(intAt(matrix, f * dst.length + k));
        set(dst, k, mod(sum));
      }
    },
    gatherMulAdd(dst, a, ia, b, ib, scale) {
      check.checkSame("gatherMulAdd", fr(dst), int(ia), int(ib));
      check.checkScalar(scale, "gatherMulAdd: scale");
      check.checkIndices("gatherMulAdd: ia", engine.ints(ia), fr(a).length);
      check.checkIndices("gatherMulAdd: ib", engine.ints(ib), fr(b).length);
      for (let i = 0; i < dst.length; i++) {
        const [x, y] = [intAt(ia, i), intAt(ib, i)];
        if (x >= 0 && y >= 0) set(dst, i, mod(get(dst, i) + scale * mul(get(a, x), get(b, y))));
      }
    },
    batchInverse(v) {
      for (let i = 0; i < fr(v).length; i++) if (get(v, i) === 0n) throw new ZeroInverseError(i);
      for (let i = 0; i < v.length; i++) set(v, i, inv(get(v, i)));
    },

    fold(v, r) {
      check.checkPowerOfTwo("fold", fr(v).length, 2);
      check.checkScalar(r, "fold: challenge");
      const half = v.length / 2;
      for (let i = 0; i < half; i++) set(v, i, add(get(v, i), mul(r, sub(get(v, half + i), get(v, i)))));
      return engine.slice(v, 0, half);
    },
    lookupRound(arrays: LookupArrays, eq) {
      for (const v of Object.values(arrays)) fr(v);
      check.checkLookup(arrays, fr(eq));
      const half = arrays.phi1.length / 2;
      const at = (v: FrVec, i: number, x: bigint): bigint => mod(get(v, i) + x * (get(v, half + i) - get(v, i)));
      const sumAt = (x: bigint): bigint => {
        let sum = 0n;
        for (let i = 0; i < half; i++) {
          const [phi1, phi2, phiT] = [at(arrays.phi1, i, x), at(arrays.phi2, i, x), at(arrays.phiT, i, x)];
          const [h, m] = [at(arrays.h, i, x), at(arrays.m, i, x)];
          sum += get(eq, i) * (mul(mul(phi1, phi2), mod(h * phiT + m)) - mul(phiT, add(phi1, phi2)));
        }
        return mod(sum);
      };
      let top = 0n;
      for (let i = 0; i < half; i++) {
        const slope = (v: FrVec): bigint => sub(get(v, half + i), get(v, i));
        top += get(eq, i) * mul(mul(slope(arrays.phi1), slope(arrays.phi2)), mul(slope(arrays.h), slope(arrays.phiT)));
      }
      return [sumAt(0n), sumAt(-1n), sumAt(2n), mod(top)];
    },
    productRound(left, right) {
      check.checkSame("productRound", fr(left), fr(right));
      check.checkPowerOfTwo("productRound", left.length, 2);
      const half = left.length / 2;
      let [atZero, top] = [0n, 0n];
      for (let i = 0; i < half; i++) {
        atZero += get(left, i) * get(right, i);
        top += (get(left, half + i) - get(left, i)) * (get(right, half + i) - get(right, i));
      }
      return [mod(atZero), mod(top)];
    },

    ntt(v, inverse = false, shift = 1n) {
      check.checkPowerOfTwo("ntt", fr(v).length, 1, check.MAX_NTT_LENGTH);
      check.checkScalar(shift, "ntt: shift");
      const scaled = (values: readonly bigint[], base: bigint): bigint[] =>
        values.map((value, i) => mul(value, pow(base, i)));
      const root = rootOfUnity(v.length, inverse);
      const values = inverse
        ? scaled(transform(engine.read(v), root), inv(shift))
        : transform(scaled(engine.read(v), shift), root);
      const scale = inverse ? inv(BigInt(v.length)) : 1n;
      values.forEach((value, i) => set(v, i, mul(value, scale)));
    },
    reversedMulAdd(dst, a, b) {
      check.checkSame("reversedMulAdd", fr(dst), fr(a), fr(b));
      for (let i = 0; i < dst.length; i++) set(dst, i, add(get(dst, i), mul(get(a, i), get(b, dst.length - 1 - i))));
    },
    divideLinear(v, z) {
      check.checkScalar(z, "divideLinear: point");
      let carry = 0n;
      for (let i = fr(v).length - 1; i >= 0; i--) {
        const next = add(get(v, i), mul(z, carry));
        set(v, i, carry);
        carry = next;
      }
      return carry;
    },
    evaluate(v, z) {
      check.checkScalar(z, "evaluate: point");
      let value = 0n;
      for (let i = fr(v).length - 1; i >= 0; i--) value = add(get(v, i), mul(z, value));
      return value;
    },

    points(bytes) {
      const data = decodePoints(bytes);
      return { kind: "g1", length: data.length, storage: allocate(data), offset: 0 } as RefPoints;
    },
    slicePoints(v, start, length) {
      check.checkRange("slicePoints", v, start, length);
      const { storage, offset } = g1(v);
      return { kind: "g1", length, storage, offset: offset + start } as RefPoints;
    },
    msm(points, scalars) {
      check.checkAtLeast("msm: points", g1(points), scalars.length);
      return msmReference(pointsOf(points), engine.read(scalars));
    },
    msmInts(points, scalars) {
      check.checkAtLeast("msmInts: points", g1(points), scalars.length);
      return msmReference(pointsOf(points), Array.from(engine.ints(scalars), BigInt));
    },
    powersOfTau(tau, count) {
      check.checkScalar(tau, "powersOfTau: tau");
      return powersOfTauReference(tau, check.checkLength(count, "powersOfTau: count"));
    },

    async close() {
      closed = true;
    },
  };

  function pointsOf(v: PointVec): Point[] {
    const { storage, offset } = g1(v);
    return storage.data.slice(offset, offset + v.length);
  }

  return engine;
}

/** Root w of order `length` = 2^k: 5^((r-1)/2^k), or its inverse. 5 generates the multiplicative group. */
export function rootOfUnity(length: number, inverse = false): bigint {
  const root = pow(5n, (R - 1n) / BigInt(length));
  return inverse ? inv(root) : root;
}

/** out[i] = sum_j values[j] · root^(ij), by splitting even and odd positions. */
export function transform(values: readonly bigint[], root: bigint): bigint[] {
  if (values.length === 1) return [values[0]!];
  const square = mul(root, root);
  const even = transform(
    values.filter((_, i) => i % 2 === 0),
    square,
  );
  const odd = transform(
    values.filter((_, i) => i % 2 === 1),
    square,
  );
  const out = new Array<bigint>(values.length);
  let twiddle = 1n;
  even.forEach((value, i) => {
    const term = mul(twiddle, odd[i]!);
    out[i] = add(value, term);
    out[i + even.length] = sub(value, term);
    twiddle = mul(twiddle, root);
  });
  return out;
}
