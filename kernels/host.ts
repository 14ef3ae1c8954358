/**
 * What code in `kernels/` needs from the engine that runs it: memory and a way to call kernels on all threads.
 *
 * Addresses are bytes in the shared memory (`kernels/memory-map.ts`), unsigned, up to 2^32.
 */
import type { FrVec, IntVec } from "./engine.ts";

/** One call of a kernel: its i32 arguments, at most MAX_TASK_ARGUMENTS. */
export type TaskArguments = readonly number[];

export interface KernelHost {
  /** Threads that share the tasks of one `run`, the caller's included. */
  readonly threads: number;

  /** Address of `bytes` fresh bytes (uninitialized, 64-byte aligned) on the vector stack. */
  allocate(bytes: number): number;
  mark(): number;
  release(mark: number): void;

  /** Views of the whole memory; get them again after `allocate`, which may grow it. */
  f64(): Float64Array;
  i32(): Int32Array;
  u8(): Uint8Array;

  /** Calls export `name` of a kernel module on this thread. */
  call(name: string, ...args: number[]): number;
  /**
   * Calls export `name` once per task, tasks spread over the threads in any order; returns when all are done.
   * Tasks of one run must not write what another task of it reads.
   */
  run(name: string, tasks: readonly TaskArguments[]): void;

  addressOf(v: FrVec | IntVec): number;
}

export const MAX_TASK_ARGUMENTS = 16;
