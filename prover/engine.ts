/**
 * The vector engine in WebAssembly on worker threads.
 *
 * createEngine picks the way products are computed: fused multiply-adds where the machine rounds them once, else exact products
 * from plain operations (about 3.5 times slower, the same results). `products` forces one of them, for tests.
 */
import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";
import type { ProductMode } from "../kernels/emit/module.ts";
import type { Engine } from "../kernels/engine.ts";
import { EngineOptionsError, SelfTestError } from "../kernels/errors.ts";
import { loadModules } from "../kernels/load.ts";
import { createPointOperations } from "../kernels/msm/operations.ts";
import { createContext, SHARING_PAYS_NS } from "./engine/context.ts";
import { elementwiseOperations } from "./engine/elementwise.ts";
import { createStackMemory, MAX_MEMORY_BYTES } from "./engine/memory.ts";
import { fusesMultiplyAdd, multipliesCorrectly } from "./engine/self-test.ts";
import { sequenceOperations } from "./engine/sequences.ts";
import { sumOperations } from "./engine/sums.ts";
import { transformOperations } from "./engine/transform.ts";
import { vectorOperations } from "./engine/vectors.ts";
import { createPool } from "./threads/pool.ts";

export interface EngineOptions {
  /** Threads that work on one call, the caller's included. Default: one per available processor. 1 starts no worker. */
  readonly threads?: number;
  /** Most bytes of vectors, up to the 4 GiB that WebAssembly addresses; memory is taken as it is needed. Default 4 GiB. */
  readonly memoryMaxBytes?: number;
  /** Default: what the self-test finds. */
  readonly products?: ProductMode;
  /**
   * Lets V8 join pairs of 128-bit operations to 256 bits, an experiment of V8 (flag `experimental-wasm-revectorize`): faster where the
   * processor has AVX2, the same results. The flag is set for the whole process and stays set. Default false.
   */
  readonly revectorize?: boolean;
  /** Estimated work below which a call stays on the calling thread; default SHARING_PAYS_NS. */
  readonly sharingPaysNs?: number;
}

/** An engine on a stack of shared memory. */
export interface WasmEngine extends Engine {
  /** Most bytes that the stack held since the last call. */
  takePeakBytes(): number;
}

/** More threads than this would not fit their scratch and gain nothing on vectors of this size. */
export const MAX_THREADS = 64;

export async function createEngine(options: EngineOptions = {}): Promise<WasmEngine> {
  const threads = options.threads ?? Math.min(availableParallelism(), MAX_THREADS);
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    throw new EngineOptionsError("threads out of range", { expected: `1 to ${MAX_THREADS}`, got: String(threads) });
  }
  if (options.revectorize) setFlagsFromString("--experimental-wasm-revectorize");
  const memoryMaxBytes = options.memoryMaxBytes ?? MAX_MEMORY_BYTES;
  const candidates: ProductMode[] = options.products
    ? [options.products]
    : fusesMultiplyAdd()
      ? ["fused", "split"]
      : ["split"];
  for (const products of candidates) {
    const engine = await start(threads, memoryMaxBytes, products, options.sharingPaysNs ?? SHARING_PAYS_NS);
    if (multipliesCorrectly(engine)) return engine;
    await engine.close();
  }
  throw new SelfTestError("the kernels disagree with BigInt on this machine", {
    expected: "the same products",
    got: `different ones with ${candidates.join(" and with ")} products`,
    remedy: "report the processor and the Node version; the reference engine still works",
  });
}

async function start(
  threads: number,
  memoryMaxBytes: number,
  products: ProductMode,
  sharingPaysNs: number,
): Promise<WasmEngine> {
  const memory = createStackMemory(threads, memoryMaxBytes);
  const bottom = memory.top();
  const pool = await createPool({ threads, memory: memory.memory, modules: await loadModules(products) });
  const context = createContext(memory, pool, sharingPaysNs);
  const vectors = vectorOperations(context);
  const elementwise = elementwiseOperations(context);
  const sums = sumOperations(context);
  const { powerTable, evaluatePieces, ...sumsOfEngine } = sums;
  return {
    threads,
    ...vectors,
    ...elementwise,
    ...sumsOfEngine,
    ...sequenceOperations(context, { powerTable, evaluatePieces }, vectors.read),
    ...transformOperations(context, { ...vectors, ...elementwise }),
    ...createPointOperations(context, { ...vectors, ...elementwise }),
    takePeakBytes: () => memory.takePeak() - bottom,
    async close() {
      context.closed = true;
      await pool.close();
    },
  };
}
