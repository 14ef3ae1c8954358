/**
 * Multi-scalar multiplication on BN254 G1 with BigInt: the meaning of `msm`, `points` and `powersOfTau`.
 *
 * Curve   y^2 = x^3 + 3 over F_q; group order r; generator (1, 2).
 * Points inside are Jacobian (X, Y, Z) = (X/Z^2, Y/Z^3), Z = 0 at infinity; formulas dbl-2009-l and add-2007-bl
 * (https://hyperelliptic.org/EFD/g1p/auto-shortw-jacobian-0.html).
 */
import { Q, R } from "../core/field.ts";
import type { Point } from "./engine.ts";
import { ShapeError } from "./errors.ts";

interface Jacobian {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
}

export const POINT_BYTES = 64;
export const GENERATOR: Point = { x: 1n, y: 2n };

const INFINITY: Jacobian = { x: 1n, y: 1n, z: 0n };

const modQ = (a: bigint): bigint => {
  const rest = a % Q;
  return rest < 0n ? rest + Q : rest;
};

function inverseQ(a: bigint): bigint {
  let [r0, r1, s0, s1] = [Q, modQ(a), 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [s0, s1] = [s1, s0 - quotient * s1];
  }
  return modQ(s0);
}

const fromAffine = (p: Point): Jacobian => (p === null ? INFINITY : { x: p.x, y: p.y, z: 1n });

function toAffine(p: Jacobian): Point {
  if (p.z === 0n) return null;
  const zInverse = inverseQ(p.z);
  const square = modQ(zInverse * zInverse);
  return { x: modQ(p.x * square), y: modQ(p.y * modQ(square * zInverse)) };
}

function double({ x, y, z }: Jacobian): Jacobian {
  if (z === 0n || y === 0n) return INFINITY;
  const a = modQ(x * x);
  const b = modQ(y * y);
  const c = modQ(b * b);
  const d = modQ(2n * ((x + b) * (x + b) - a - c));
  const e = 3n * a;
  const x3 = modQ(e * e - 2n * d);
  return { x: x3, y: modQ(e * (d - x3) - 8n * c), z: modQ(2n * y * z) };
}

function addPoints(p: Jacobian, q: Jacobian): Jacobian {
  if (p.z === 0n) return q;
  if (q.z === 0n) return p;
  const z1Square = modQ(p.z * p.z);
  const z2Square = modQ(q.z * q.z);
  const u1 = modQ(p.x * z2Square);
  const u2 = modQ(q.x * z1Square);
  const s1 = modQ(p.y * modQ(q.z * z2Square));
  const s2 = modQ(q.y * modQ(p.z * z1Square));
  if (u1 === u2) return s1 === s2 ? double(p) : INFINITY;
  const h = modQ(u2 - u1);
  const i = modQ(4n * h * h);
  const j = modQ(h * i);
  const slope = modQ(2n * (s2 - s1));
  const v = modQ(u1 * i);
  const x3 = modQ(slope * slope - j - 2n * v);
  return { x: x3, y: modQ(slope * (v - x3) - 2n * s1 * j), z: modQ(2n * p.z * q.z * h) };
}

function multiply(p: Point, scalar: bigint): Jacobian {
  const base = fromAffine(p);
  let sum = INFINITY;
  for (const bit of scalar.toString(2)) {
    sum = double(sum);
    if (bit === "1") sum = addPoints(sum, base);
  }
  return sum;
}

/** sum_i scalars[i] · points[i]; scalars are any integers. */
export function msmReference(points: readonly Point[], scalars: readonly bigint[]): Point {
  let sum = INFINITY;
  scalars.forEach((scalar, i) => {
    const reduced = ((scalar % R) + R) % R;
    if (reduced !== 0n) sum = addPoints(sum, multiply(points[i]!, reduced));
  });
  return toAffine(sum);
}

/** Records of 64 bytes, x then y, big-endian; all zero is infinity. */
export function decodePoints(bytes: Uint8Array): Point[] {
  if (bytes.length % POINT_BYTES !== 0) {
    throw new ShapeError("points: bad byte length", {
      expected: `a multiple of ${POINT_BYTES}`,
      got: String(bytes.length),
    });
  }
  const points: Point[] = [];
  for (let offset = 0; offset < bytes.length; offset += POINT_BYTES) {
    const x = readWord(bytes, offset);
    const y = readWord(bytes, offset + 32);
    points.push(x === 0n && y === 0n ? null : { x, y });
  }
  return points;
}

export function encodePoints(points: readonly Point[]): Uint8Array {
  const bytes = new Uint8Array(points.length * POINT_BYTES);
  points.forEach((point, i) => {
    if (point === null) return;
    writeWord(bytes, i * POINT_BYTES, point.x);
    writeWord(bytes, i * POINT_BYTES + 32, point.y);
  });
  return bytes;
}

export function powersOfTauReference(tau: bigint, count: number): Uint8Array {
  const points: Point[] = [];
  let power = 1n;
  for (let i = 0; i < count; i++) {
    points.push(toAffine(multiply(GENERATOR, power)));
    power = (power * tau) % R;
  }
  return encodePoints(points);
}

function readWord(bytes: Uint8Array, offset: number): bigint {
  let value = 0n;
  for (let i = 0; i < 32; i++) value = (value << 8n) | BigInt(bytes[offset + i]!);
  return value;
}

function writeWord(bytes: Uint8Array, offset: number, value: bigint): void {
  let rest = value;
  for (let i = 31; i >= 0; i--) {
    bytes[offset + i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}
