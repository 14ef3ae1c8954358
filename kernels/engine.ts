/**
 * Vectors of BN254 scalars and what the prover does to them.
 *
 * Two implementations share this interface: `kernels/reference.ts` (BigInt, slow, readable, the meaning of each operation)
 * and the WebAssembly engine on worker threads. The prover sees only handles; how an element is held in memory is private
 * to the engine. All scalars that cross the interface are canonical bigints in [0, r).
 *
 * Memory is a stack: `mark()` remembers the top, `release(mark)` frees everything allocated since.
 */

/** `length` field elements owned by an engine. */
export interface FrVec {
  readonly kind: "fr";
  readonly length: number;
}

/** `length` signed 32-bit integers owned by an engine. */
export interface IntVec {
  readonly kind: "int";
  readonly length: number;
}

/** `length` affine G1 points owned by an engine. */
export interface PointVec {
  readonly kind: "g1";
  readonly length: number;
}

/** Affine G1 point; null is the point at infinity. */
export type Point = { readonly x: bigint; readonly y: bigint } | null;

/** One addend of `linear`: scale · source, the source being field elements or integers. */
export interface Addend {
  readonly scale: bigint;
  readonly source: FrVec | IntVec;
}

/** The five multilinear factors of the lookup zero-check, equal lengths (a power of two). */
export interface LookupArrays {
  readonly phi1: FrVec;
  readonly phi2: FrVec;
  readonly phiT: FrVec;
  readonly h: FrVec;
  readonly m: FrVec;
}

export interface Engine {
  /** Threads that work on one call, the caller's included. */
  readonly threads: number;

  mark(): number;
  release(mark: number): void;
  /** Moves vectors, none a part of another, down to `mark` and frees everything else allocated since; their handles become these. */
  settle(mark: number, vectors: readonly FrVec[]): FrVec[];
  /** Uninitialized unless `zero` is set. */
  frVec(length: number, zero?: boolean): FrVec;
  intVec(values: Int32Array | number): IntVec;
  /** View of a sub-range; `start` is a multiple of 8. Shares memory with `v`. */
  slice(v: FrVec, start: number, length: number): FrVec;
  sliceInts(v: IntVec, start: number, length: number): IntVec;
  /** Live view of the integers, valid until memory grows or is released. */
  ints(v: IntVec): Int32Array;
  write(v: FrVec, start: number, values: readonly bigint[]): void;
  read(v: FrVec, start?: number, count?: number): bigint[];

  fill(v: FrVec, value: bigint): void;
  copy(dst: FrVec, src: FrVec): void;
  /** dst[i] = ints[i] */
  fromInts(dst: FrVec, ints: IntVec): void;
  /** dst[i] = a[i] + b[i]; dst may alias a or b. Same for sub and mul. */
  add(dst: FrVec, a: FrVec, b: FrVec): void;
  sub(dst: FrVec, a: FrVec, b: FrVec): void;
  mul(dst: FrVec, a: FrVec, b: FrVec): void;
  /** dst[i] = a[i] · b[i mod b.length], lengths being powers of two, b.length at least 8; dst may be a. */
  mulPeriodic(dst: FrVec, a: FrVec, b: FrVec): void;
  /** dst[i] = constant + sum_j scale_j · source_j[i]; sources are at least as long as dst; dst may be one of the sources. */
  linear(dst: FrVec, constant: bigint, addends: readonly Addend[]): void;
  /** dst[i] = scale · base^i */
  powers(dst: FrVec, base: bigint, scale?: bigint): void;
  /** dst[i] = scale · prod_k (bit k of i ? point[k] : 1 - point[k]); dst.length = 2^point.length */
  eqTable(dst: FrVec, point: readonly bigint[], scale?: bigint): void;
  /** sum_i a[i] · b[i] over the shorter length */
  dot(a: FrVec, b: FrVec): bigint;
  dotInts(a: FrVec, ints: IntVec): bigint;
  /**
   * dst[k] (+)= sum_f coeffs[f] · matrix[f·K + k], K = dst.length, F = coeffs.length, matrix.length = F·K.
   * |matrix entries| < 2^31. Adds to dst when `accumulate`, else overwrites.
   */
  matVecInts(dst: FrVec, coeffs: FrVec, matrix: IntVec, accumulate?: boolean): void;
  /** dst[i] += scale · a[ia[i]] · b[ib[i]]; an index below zero skips the element. ia and ib are as long as dst. */
  gatherMulAdd(dst: FrVec, a: FrVec, ia: IntVec, b: FrVec, ib: IntVec, scale: bigint): void;
  /** v[i] = 1 / v[i]; throws Kernels.ZeroInverseError naming the index if an element is zero. */
  batchInverse(v: FrVec): void;

  /** v[i] = v[i] + r · (v[i + half] - v[i]) for i < half = length / 2; returns the first half. Length is a power of two >= 2. */
  fold(v: FrVec, r: bigint): FrVec;
  /**
   * With C = phi1·phi2·(h·phiT + m) - phiT·(phi1 + phi2), each factor read as f(X) = f[i] + X·(f[i+half] - f[i]):
   * [S(0), S(-1), S(2), S(inf)] where S(X) = sum_{i<half} eq[i] · C_i(X) and S(inf) is the coefficient of X^4. eq.length >= half.
   */
  lookupRound(arrays: LookupArrays, eq: FrVec): [bigint, bigint, bigint, bigint];
  /** p(X) = sum_{i<half} l_i(X)·r_i(X), halves as in fold: [p(0), p(inf)], p(inf) being the coefficient of X^2. */
  productRound(left: FrVec, right: FrVec): [bigint, bigint];

  /**
   * In place, natural order in and out, length 2^k, k <= 28: v[i] <- sum_j v[j] · (shift · w^i)^j, w the 2^k-th root 5^((r-1)/2^k);
   * `inverse` undoes that for the same shift. The shift is 1 by default and never 0.
   */
  ntt(v: FrVec, inverse?: boolean, shift?: bigint): void;
  /** dst[i] += a[i] · b[n - 1 - i], n = dst.length; dst is neither a nor b. */
  reversedMulAdd(dst: FrVec, a: FrVec, b: FrVec): void;
  /** Coefficients in increasing degree: v <- (v(X) - v(z)) / (X - z), top coefficient 0; returns v(z). In place. */
  divideLinear(v: FrVec, z: bigint): bigint;
  /** sum_i v[i] z^i */
  evaluate(v: FrVec, z: bigint): bigint;

  /**
   * Affine points from 64-byte big-endian x||y records; (0,0) is infinity. Points are trusted to be on the curve. With `keepMultiples`,
   * multiples of each stand behind them, unless one is infinity: `msm` takes less time, for several times the memory.
   */
  points(bytes: Uint8Array, keepMultiples?: boolean): PointVec;
  slicePoints(v: PointVec, start: number, length: number): PointVec;
  /** sum_i scalars[i] · points[i], points at least as many as scalars. */
  msm(points: PointVec, scalars: FrVec): Point;
  msmInts(points: PointVec, scalars: IntVec): Point;
  /** tau^i · G for i < count as 64-byte big-endian records. For development SRS files only. */
  powersOfTau(tau: bigint, count: number): Uint8Array;

  /** Stops worker threads. The engine is unusable afterwards. */
  close(): Promise<void>;
}
