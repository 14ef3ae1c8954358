/**
 * Nanoseconds per element of the vector operations: `npm run bench:kernels -- [log2 of the length, default 16]`.
 * With `--quick`, each operation runs a few times only: enough to see that it runs.
 *
 * Columns: one thread; all threads; BigInt, from a shorter vector; ffjavascript's WebAssembly, where it has the operation.
 * A figure is the best of several repeats after a warm-up in which the compiler optimizes the kernels.
 */
import { availableParallelism } from "node:os";
import type { Engine, FrVec, IntVec } from "../kernels/engine.ts";
import { createReferenceEngine } from "../kernels/reference.ts";
import { createEngine } from "../prover/engine.ts";

const quick = process.argv.includes("--quick");
const WARM_UP_MS = quick ? 2 : 250;
const MEASURE_MS = quick ? 2 : 150;
const REFERENCE_LENGTH = 1 << 9;

interface Inputs {
  readonly length: number;
  readonly v: readonly FrVec[];
  readonly small: IntVec;
  readonly indices: IntVec;
  readonly matrix: IntVec;
  readonly coeffs: FrVec;
  readonly out: FrVec;
}

interface Operation {
  readonly name: string;
  /** Elements by which the time is divided, in lengths of the vector. */
  readonly per?: number;
  run(engine: Engine, inputs: Inputs): unknown;
}

const MATRIX_ROWS = 64;
const challenge = (1n << 200n) + 12345n;

const OPERATIONS: Operation[] = [
  { name: "add", run: (e, { v, out }) => e.add(out, v[0]!, v[1]!) },
  { name: "mul", run: (e, { v, out }) => e.mul(out, v[0]!, v[1]!) },
  { name: "fromInts", run: (e, { out, small }) => e.fromInts(out, small) },
  {
    name: "linear, 2 vectors",
    run: (e, { v, out }) =>
      e.linear(out, 5n, [
        { scale: challenge, source: v[0]! },
        { scale: 7n, source: v[1]! },
      ]),
  },
  {
    name: "linear, 4 vectors",
    run: (e, { v, out }) =>
      e.linear(
        out,
        5n,
        [0, 1, 2, 3].map((k) => ({ scale: challenge, source: v[k]! })),
      ),
  },
  { name: "linear, 1 int", run: (e, { out, small }) => e.linear(out, 5n, [{ scale: challenge, source: small }]) },
  { name: "powers", run: (e, { out }) => e.powers(out, challenge) },
  { name: "eqTable", run: (e, { out, length }) => e.eqTable(out, new Array(Math.log2(length)).fill(challenge)) },
  { name: "dot", run: (e, { v }) => e.dot(v[0]!, v[1]!) },
  { name: "dotInts", run: (e, { v, small }) => e.dotInts(v[0]!, small) },
  {
    name: "matVecInts 8 bit, per entry",
    per: 1,
    run: (e, { coeffs, matrix, length, out }) => e.matVecInts(e.slice(out, 0, length / MATRIX_ROWS), coeffs, matrix),
  },
  {
    name: "gatherMulAdd",
    run: (e, { v, indices, out }) => e.gatherMulAdd(out, v[0]!, indices, v[1]!, indices, challenge),
  },
  { name: "batchInverse", run: (e, { v }) => e.batchInverse(v[2]!) },
  { name: "fold, per pair", per: 0.5, run: (e, { v }) => e.fold(v[3]!, challenge) },
  { name: "productRound, per pair", per: 0.5, run: (e, { v }) => e.productRound(v[0]!, v[1]!) },
  {
    name: "lookupRound, per pair",
    per: 0.5,
    run: (e, { v, out }) => e.lookupRound({ phi1: v[0]!, phi2: v[1]!, phiT: v[2]!, h: v[3]!, m: v[4]! }, out),
  },
  { name: "ntt", run: (e, { v }) => e.ntt(v[4]!) },
  { name: "ntt of a coset", run: (e, { v }) => e.ntt(v[4]!, false, challenge) },
  { name: "mulPeriodic", run: (e, { v, out, length }) => e.mulPeriodic(out, v[0]!, e.slice(v[1]!, 0, length / 4)) },
  { name: "reversedMulAdd", run: (e, { v, out }) => e.reversedMulAdd(out, v[0]!, v[1]!) },
  { name: "divideLinear", run: (e, { v }) => e.divideLinear(v[5]!, challenge) },
  { name: "evaluate", run: (e, { v }) => e.evaluate(v[0]!, challenge) },
  { name: "read", per: 1 / 16, run: (e, { v, length }) => e.read(v[0]!, 0, length / 16) },
];

function makeInputs(engine: Engine, length: number): Inputs {
  const v = Array.from({ length: 6 }, (_, k) => {
    const vector = engine.frVec(length);
    engine.powers(vector, 7n + BigInt(k), challenge);
    return vector;
  });
  const ints = (value: (i: number) => number): IntVec => engine.intVec(Int32Array.from({ length }, (_, i) => value(i)));
  const coeffs = engine.frVec(MATRIX_ROWS);
  engine.powers(coeffs, 3n, challenge);
  const out = engine.frVec(length);
  engine.powers(out, 11n);
  return {
    length,
    v,
    coeffs,
    out,
    small: ints((i) => ((i * 7919) % 65536) - 32768),
    matrix: ints((i) => ((i * 7919) % 256) - 128),
    indices: ints((i) => (i * 40503) % length),
  };
}

/** Best time of one call in ns. */
function measure(call: () => unknown, warmUpMs = WARM_UP_MS, measureMs = MEASURE_MS): number {
  const start = performance.now();
  do call();
  while (performance.now() - start < warmUpMs);
  let best = Number.POSITIVE_INFINITY;
  const from = performance.now();
  do {
    const before = process.hrtime.bigint();
    call();
    best = Math.min(best, Number(process.hrtime.bigint() - before));
  } while (performance.now() - from < measureMs);
  return best;
}

function perElement(engine: Engine, inputs: Inputs, warmUpMs?: number, measureMs?: number): number[] {
  return OPERATIONS.map(({ run, per = 1 }) => {
    return measure(() => run(engine, inputs), warmUpMs, measureMs) / (per * inputs.length);
  });
}

/** ffjavascript's vector operations on one thread, in ns per element. */
async function ffjavascript(length: number): Promise<Map<string, number>> {
  const figures = new Map<string, number>();
  try {
    const { buildBn128 } = (await import("ffjavascript" as string)) as {
      buildBn128: (single: boolean) => Promise<never>;
    };
    const curve = (await buildBn128(true)) as unknown as {
      Fr: {
        n8: number;
        e(value: bigint): Uint8Array;
        mul(a: Uint8Array, b: Uint8Array): Uint8Array;
        fft(buffer: Uint8Array): Promise<Uint8Array>;
        batchInverse(buffer: Uint8Array): Promise<Uint8Array>;
      };
      tm: {
        alloc(bytes: number): number;
        instance: { exports: { frm_mul(a: number, b: number, product: number): void } };
      };
      terminate(): Promise<void>;
    };
    const { Fr } = curve;
    const { frm_mul: multiply } = curve.tm.instance.exports;
    const operands = curve.tm.alloc(3 * Fr.n8);
    const buffer = new Uint8Array(length * Fr.n8);
    for (let i = 0, power = Fr.e(7n); i < length; i++, power = Fr.mul(power, power)) buffer.set(power, i * Fr.n8);
    const mulAll = () => {
      for (let i = 0; i < length; i++) multiply(operands, operands + Fr.n8, operands + 2 * Fr.n8);
    };
    for (const [name, call] of [
      ["mul", mulAll],
      ["ntt", () => Fr.fft(buffer)],
      ["batchInverse", () => Fr.batchInverse(buffer)],
    ] as const) {
      await call();
      const before = process.hrtime.bigint();
      await call();
      figures.set(name, Number(process.hrtime.bigint() - before) / length);
    }
    await curve.terminate();
  } catch (error) {
    console.log(`ffjavascript left out: ${error instanceof Error ? error.message : String(error)}`);
  }
  return figures;
}

/** Time of a run over all threads beyond that of the call it replaces, the workers polling or asleep. */
async function dispatchCost(): Promise<{ pollingNs: number; sleepingNs: number }> {
  const alone = await createEngine({ threads: 1 });
  const shared = await createEngine({ threads: 2, sharingPaysNs: 1 });
  const [one, two] = [alone, shared].map((engine) => {
    const v = engine.frVec(64);
    engine.powers(v, challenge);
    return () => engine.add(v, v, v);
  }) as [() => void, () => void];
  const base = measure(one, 20, 50);
  const pollingNs = measure(two, 20, 50) - base;
  let sleepingNs = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < 20; repeat++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const before = process.hrtime.bigint();
    two();
    sleepingNs = Math.min(sleepingNs, Number(process.hrtime.bigint() - before) - base);
  }
  await Promise.all([alone.close(), shared.close()]);
  return { pollingNs, sleepingNs };
}

const length = 2 ** Number(process.argv[2] ?? 16);
const threads = availableParallelism();
const columns: number[][] = [];
for (const count of new Set([1, threads])) {
  const engine = await createEngine({ threads: count });
  columns.push(perElement(engine, makeInputs(engine, length)));
  await engine.close();
}
const reference = createReferenceEngine();
const bigint = perElement(reference, makeInputs(reference, REFERENCE_LENGTH), 0, 0);
const other = await ffjavascript(length);

console.log(`ns per element, length ${length}, Node ${process.version}`);
const show = (value: number | undefined): string => (value === undefined ? "-" : value.toFixed(1)).padStart(12);
console.log(
  ["".padEnd(30), ...["1 thread", `${threads} threads`, "BigInt", "ffjavascript"].map((s) => s.padStart(12))].join(""),
);
OPERATIONS.forEach(({ name }, k) => {
  const figures = [columns[0]![k], columns[1]?.[k], bigint[k], other.get(name)];
  console.log(name.padEnd(30) + figures.map(show).join(""));
});
const { pollingNs, sleepingNs } = await dispatchCost();
console.log(
  `sharing a call: ${Math.round(pollingNs)} ns with polling workers, ${Math.round(sleepingNs)} ns with sleeping ones`,
);
