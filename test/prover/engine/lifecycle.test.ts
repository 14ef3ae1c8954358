/** Threads, memory and failures of the WebAssembly engine. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { mod, R } from "../../../core/field.ts";
import { assemble } from "../../../kernels/emit/assemble.ts";
import { BLOCK_BYTES } from "../../../kernels/emit/field.ts";
import type { Engine, FrVec } from "../../../kernels/engine.ts";
import { loadModules } from "../../../kernels/load.ts";
import { createStackMemory } from "../../../prover/engine/memory.ts";
import { multipliesCorrectly, PROBE, PROBE_TEXT } from "../../../prover/engine/self-test.ts";
import type { EngineOptions } from "../../../prover/engine.ts";
import { createEngine } from "../../../prover/engine.ts";
import { createPool } from "../../../prover/threads/pool.ts";

const MIB = 2 ** 20;
const open: { close(): Promise<void> }[] = [];

async function start(options: EngineOptions): Promise<Engine> {
  const engine = await createEngine(options);
  open.push(engine);
  return engine;
}

/** The workers that `action` starts. */
async function workersOf(action: () => Promise<unknown>): Promise<Worker[]> {
  const workers: Worker[] = [];
  const record = (message: unknown): void => {
    workers.push((message as { worker: Worker }).worker);
  };
  subscribe("worker_threads", record);
  await action();
  unsubscribe("worker_threads", record);
  return workers;
}

const named = (name: string) => expect.objectContaining({ name });

afterEach(async () => {
  await Promise.all(open.splice(0).map((resource) => resource.close()));
});

describe("threads", () => {
  it("starts one worker less than it has threads, and none for one", async () => {
    expect(await workersOf(() => start({ threads: 1 }))).toHaveLength(0);
    expect(await workersOf(() => start({ threads: 3 }))).toHaveLength(2);
  });

  it("works inside a worker thread", async () => {
    const worker = new Worker(new URL("./nested-worker.ts", import.meta.url), { execArgv: [] });
    const [sum] = await once(worker, "message");
    expect(sum).toBe(((1n << 1000n) - 1n) % R);
    await worker.terminate();
  });

  it("refuses calls after close, and closes twice", async () => {
    const engine = await start({ threads: 2 });
    const v = engine.frVec(8);
    await engine.close();
    await engine.close();
    expect(() => engine.fill(v, 1n)).toThrow(named("Kernels.EngineClosedError"));
    expect(() => engine.frVec(8)).toThrow(named("Kernels.EngineClosedError"));
  });

  it("reports a lost worker instead of waiting for it", async () => {
    let engine: Engine | undefined;
    const [worker] = await workersOf(async () => {
      engine = await start({ threads: 2, sharingPaysNs: 1 });
    });
    const v = engine!.frVec(800, true);
    await worker!.terminate();
    expect(() => engine!.add(v, v, v)).toThrow(named("Kernels.WorkerFailedError"));
  });

  it.each([0, -1, 1.5, 65])("refuses %d threads", async (threads) => {
    await expect(createEngine({ threads })).rejects.toThrow(named("Kernels.EngineOptionsError"));
  });
});

describe("a kernel that traps", () => {
  async function startPool(threads: number) {
    const stack = createStackMemory(threads, 4 * MIB);
    const pool = await createPool({ threads, memory: stack.memory, modules: await loadModules("split") });
    open.push(pool);
    const good = stack.allocate(24 * BLOCK_BYTES);
    /** addN writes two blocks: the second one lies past the end of the memory. */
    const task = (k: number, traps: boolean) => [
      good,
      good,
      traps ? stack.u8().length - BLOCK_BYTES : good + 2 * k * BLOCK_BYTES,
      2,
    ];
    return { pool, task };
  }

  it.each([1, 2, 3])("becomes a typed error with its cause, whichever of %i threads ran it", async (threads) => {
    const { pool, task } = await startPool(threads);
    for (let bad = 0; bad < 12; bad++) {
      const tasks = Array.from({ length: 12 }, (_, k) => task(k, k === bad));
      expect(() => pool.run("addN", tasks)).toThrow(
        expect.objectContaining({ name: "Kernels.WorkerFailedError", cause: expect.any(Error) }),
      );
    }
  });

  it("leaves the pool usable", async () => {
    const { pool, task } = await startPool(2);
    expect(() => pool.run("addN", [task(0, true), task(1, true)])).toThrow(named("Kernels.WorkerFailedError"));
    expect(() => pool.call("addN", ...task(0, true))).toThrow(named("Kernels.WorkerFailedError"));
    expect(() => pool.run("addN", [task(0, false), task(1, false)])).not.toThrow();
    expect(() => pool.run("noSuchKernel", [[]])).toThrow(named("Kernels.ShapeError"));
  });
});

describe("memory", () => {
  it("says how much was asked when it is exhausted, and goes on after a release", async () => {
    const engine = await start({ threads: 1, memoryMaxBytes: 8 * MIB });
    const mark = engine.mark();
    const asked = 40 * 10 ** 6;
    expect(() => engine.frVec(10 ** 6)).toThrow(
      expect.objectContaining({
        name: "Kernels.MemoryExhaustedError",
        got: expect.stringContaining(String(asked)),
        remedy: expect.stringContaining("memoryMaxBytes"),
      }),
    );
    for (let k = 0; k < 100; k++) {
      const v = engine.frVec(100_000);
      engine.fill(v, 3n);
      expect(engine.read(v, 99_999)).toEqual([3n]);
      engine.release(mark);
    }
  });

  it("grows under vectors that are in use", async () => {
    const engine = await start({ threads: 2, sharingPaysNs: 1 });
    const first = engine.frVec(1000);
    engine.powers(first, 3n);
    const before = engine.read(first);
    for (let k = 0; k < 6; k++) {
      const more = engine.frVec(200_000);
      engine.powers(more, 3n);
      expect(engine.read(more, 0, 1000)).toEqual(before);
    }
    expect(engine.read(first)).toEqual(before);
  });

  it("works above 2 GiB, where addresses are negative as signed integers", async () => {
    const engine = await start({ threads: 2, sharingPaysNs: 1 });
    engine.frVec(60_000_000); // 2.4 GB that nobody touches
    const [a, b] = [engine.frVec(1000), engine.frVec(1000)];
    engine.powers(a, 3n);
    engine.linear(b, 1n, [
      { scale: 2n, source: a },
      { scale: 5n, source: engine.intVec(new Int32Array(1000).fill(-1)) },
    ]);
    const indices = engine.intVec(Int32Array.from({ length: 1000 }, (_, i) => 999 - i));
    engine.gatherMulAdd(b, a, indices, a, indices, 1n);
    expect(engine.read(b, 997)).toEqual(
      [997, 998, 999].map((i) => mod(2n * 3n ** BigInt(i) - 4n + 9n ** BigInt(999 - i))),
    );
    const coeffs = engine.frVec(10);
    engine.fill(coeffs, 2n);
    const sums = engine.frVec(100);
    engine.matVecInts(sums, coeffs, engine.intVec(new Int32Array(1000).fill(-70_000)));
    expect(engine.read(sums, 99)).toEqual([mod(-1_400_000n)]);
    expect(engine.divideLinear(a, 1n)).toBe(mod((3n ** 1000n - 1n) / 2n));
  });

  it("notices released vectors, foreign vectors and marks that are none", async () => {
    const [engine, other] = [await start({ threads: 1 }), await start({ threads: 1 })];
    const mark = engine.mark();
    const v = engine.frVec(9);
    engine.release(mark);
    expect(() => engine.read(v)).toThrow(named("Kernels.ReleasedVectorError"));
    expect(() => engine.read(other.frVec(8, true))).toThrow(named("Kernels.ReleasedVectorError"));
    expect(() => engine.release(mark + 64)).toThrow(named("Kernels.ShapeError"));
    expect(() => engine.release(0)).toThrow(named("Kernels.ShapeError"));
  });

  it.each([0, 1000, 2 ** 33, 1e7 + 0.5])("refuses a limit of %d bytes", async (memoryMaxBytes) => {
    await expect(createEngine({ threads: 1, memoryMaxBytes })).rejects.toThrow(named("Kernels.EngineOptionsError"));
  });
});

describe("arguments", () => {
  it("are checked as the reference engine checks them", async () => {
    const engine = await start({ threads: 1 });
    const [v8, v9] = [engine.frVec(8, true), engine.frVec(9, true)];
    const i8 = engine.intVec(Int32Array.of(0, 0, 0, 0, 0, 0, 0, 8));
    const shape = named("Kernels.ShapeError");
    expect(() => engine.add(v8, v8, v9)).toThrow(shape);
    expect(() => engine.fold(v9, 1n)).toThrow(shape);
    expect(() => engine.ntt(v9)).toThrow(shape);
    expect(() => engine.slice(v9, 4, 2)).toThrow(shape);
    expect(() => engine.slice(v9, 8, 2)).toThrow(shape);
    expect(() => engine.eqTable(v9, [1n, 1n, 1n])).toThrow(shape);
    expect(() => engine.matVecInts(v8, v9, i8)).toThrow(shape);
    expect(() => engine.linear(v9, 0n, [{ scale: 1n, source: v8 }])).toThrow(shape);
    expect(() => engine.gatherMulAdd(v8, v8, i8, v9, i8, 1n)).toThrow(shape);
    for (const scalar of [-1n, R]) {
      expect(() => engine.fill(v8, scalar)).toThrow(named("Kernels.ScalarRangeError"));
      expect(() => engine.write(v8, 0, [scalar])).toThrow(named("Kernels.ScalarRangeError"));
      expect(() => engine.evaluate(v8, scalar)).toThrow(named("Kernels.ScalarRangeError"));
    }
  });
});

describe("the choice of products", () => {
  it("probes with the module that the text describes", async () => {
    expect(PROBE).toEqual(await assemble("probe", PROBE_TEXT));
    expect(WebAssembly.validate(PROBE)).toBe(true);
  });

  it("rejects an engine that multiplies or subtracts wrongly", async () => {
    const engine = await start({ threads: 1 });
    expect(multipliesCorrectly(engine)).toBe(true);
    for (const operation of ["mul", "sub"] as const) {
      const wrong: Engine = {
        ...engine,
        [operation](dst: FrVec, a: FrVec, b: FrVec): void {
          engine[operation](dst, a, b);
          engine.write(dst, dst.length - 1, [1234n]);
        },
      };
      expect(multipliesCorrectly(wrong)).toBe(false);
    }
  });
});
