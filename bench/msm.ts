/**
 * Multi-scalar multiplication beside ffjavascript's, in one run and on the same points and scalars; results are compared.
 *
 *     node bench/msm.ts [log2 of the lengths, default 14 16] [threads, default 1 2 as --threads=1,2]
 *
 * A figure is the best of some repetitions, taken in turn. ffjavascript takes unsigned scalars of a chosen width: its small
 * scalars are the absolute values of ours.
 */

import type { Curve } from "ffjavascript";
import { buildBn128 } from "ffjavascript";
import type { Point } from "../kernels/engine.ts";
import { createEngine } from "../prover/engine.ts";
import { randomScalar } from "../srs/check.ts";

const REPETITIONS = 4;
const logs = process.argv
  .slice(2)
  .filter((argument) => !argument.startsWith("--"))
  .map(Number);
const threadsOption = process.argv.find((argument) => argument.startsWith("--threads="))?.slice("--threads=".length);
const threadCounts = (threadsOption ?? "1,2").split(",").map(Number);

interface Row {
  readonly what: string;
  readonly run: () => Promise<unknown> | unknown;
}

/** Milliseconds of each row, the rows taken in turn. */
async function measure(rows: readonly Row[], repetitions = REPETITIONS): Promise<void> {
  const best = rows.map(() => Number.POSITIVE_INFINITY);
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const [i, { run }] of rows.entries()) {
      const start = performance.now();
      await run();
      best[i] = Math.min(best[i]!, performance.now() - start);
    }
  }
  for (const [i, { what }] of rows.entries()) console.log(`${what.padEnd(52)} ${best[i]!.toFixed(1).padStart(9)} ms`);
}

function littleEndian(values: readonly bigint[], bytes: number): Uint8Array {
  const out = new Uint8Array(values.length * bytes);
  values.forEach((value, i) => {
    for (let k = 0, rest = value; k < bytes; k++, rest >>= 8n) out[i * bytes + k] = Number(rest & 255n);
  });
  return out;
}

async function theirs(curve: Curve, points: Uint8Array, scalars: Uint8Array): Promise<Point> {
  const [x, y] = curve.G1.toObject(curve.G1.toAffine(await curve.G1.multiExpAffine(points, scalars)));
  return { x, y };
}

function compare(what: string, ours: Point, other: Point): void {
  if (ours?.x !== other?.x || ours?.y !== other?.y) throw new Error(`${what}: results differ`);
}

async function bench(log: number, threads: number): Promise<void> {
  const count = 2 ** log;
  const engine = await createEngine({ threads });
  const curve = await buildBn128(threads === 1);
  try {
    const records = engine.powersOfTau(randomScalar(), count);
    const points = engine.points(records);
    const theirPoints = await curve.G1.batchUtoLEM(records);
    const scalars = engine.frVec(count);
    engine.powers(scalars, randomScalar());
    const theirScalars = littleEndian(engine.read(scalars), 32);
    compare("full scalars", engine.msm(points, scalars), await theirs(curve, theirPoints, theirScalars));

    // Multiplicative hashing spreads the indices evenly over 16 bits.
    const random = Int16Array.from({ length: count }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 16);
    const int16 = engine.intVec(Int32Array.from(random));
    const int8 = engine.intVec(Int32Array.from(random, (value) => value >> 8));
    const positive = Int32Array.from(random, (value) => Math.abs(value));
    const their16 = littleEndian(Array.from(positive, BigInt), 2);
    compare(
      "16-bit scalars",
      engine.msmInts(points, engine.intVec(positive)),
      await theirs(curve, theirPoints, their16),
    );

    const label = `2^${log}, ${threads} thread${threads > 1 ? "s" : ""}`;
    await measure([
      { what: `${label}: msm, full scalars`, run: () => engine.msm(points, scalars) },
      { what: `${label}: ffjavascript, full scalars`, run: () => theirs(curve, theirPoints, theirScalars) },
      { what: `${label}: msmInts, int16`, run: () => engine.msmInts(points, int16) },
      { what: `${label}: ffjavascript, 16-bit scalars`, run: () => theirs(curve, theirPoints, their16) },
      { what: `${label}: msmInts, int8`, run: () => engine.msmInts(points, int8) },
    ]);
    const mark = engine.mark();
    const load = (): void => {
      engine.points(records);
      engine.release(mark);
    };
    await measure([
      { what: `${label}: points`, run: load },
      { what: `${label}: powersOfTau`, run: () => engine.powersOfTau(randomScalar(), count) },
    ]);
  } finally {
    await engine.close();
    await curve.terminate();
  }
}

console.log(`Node ${process.version}`);
for (const log of logs.length > 0 ? logs : [14, 16]) for (const threads of threadCounts) await bench(log, threads);
