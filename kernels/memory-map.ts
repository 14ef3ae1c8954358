/**
 * The linear memory that all kernels and all threads of an engine share.
 *
 *     0         reserved, so that address 0 is never a vector
 *     1 KiB     constants of the scalar module        (written when an instance is created, the same by every thread)
 *     16 KiB    constants of the curve module
 *     64 KiB    dispatch area                         (prover/threads)
 *     128 KiB   scratch of thread 0, 128 KiB          (import env.scratch)
 *     256 KiB   scratch of thread 1 ...
 *     ...       stack of vectors, growing upwards     (prover/engine)
 */
export const PAGE_BYTES = 65536;

export interface Region {
  readonly start: number;
  readonly end: number;
}

export const SCALAR_CONSTANTS: Region = { start: 1024, end: 16384 };
export const CURVE_CONSTANTS: Region = { start: 16384, end: 65536 };
export const DISPATCH: Region = { start: 65536, end: 131072 };

/** Bytes at env.scratch, owned by the executing thread between two tasks' boundaries. */
export const SCRATCH_BYTES = 131072;
const SCRATCH_START = DISPATCH.end;

export const scratchOf = (thread: number): number => SCRATCH_START + thread * SCRATCH_BYTES;

/** First byte of the vector stack. */
export const stackStart = (threads: number): number => scratchOf(threads);

/** Every allocation starts on a multiple of this: a cache line. */
export const ALIGNMENT = 64;
