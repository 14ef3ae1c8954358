/** The stack of vectors in shared memory: allocation moves a top upwards, `release` moves it back. */
import { EngineOptionsError, MemoryExhaustedError, ShapeError } from "../../kernels/errors.ts";
import { ALIGNMENT, PAGE_BYTES, stackStart } from "../../kernels/memory-map.ts";

export const MAX_MEMORY_BYTES = 2 ** 32;

export interface StackMemory {
  readonly memory: WebAssembly.Memory;
  /** Address of fresh, uninitialized bytes, a multiple of ALIGNMENT. */
  allocate(bytes: number): number;
  top(): number;
  /** The highest top since the last call. */
  takePeak(): number;
  /** Makes `mark` the top again. */
  release(mark: number): void;
  /** Zeros from a multiple of 8 on; the last bytes up to a multiple of 8 are cleared, too. */
  clear(address: number, bytes: number): void;
  /** Views of the whole memory, made anew after it has grown. */
  f64(): Float64Array;
  i32(): Int32Array;
  u64(): BigUint64Array;
  u8(): Uint8Array;
}

interface Views {
  readonly f64: Float64Array;
  readonly i32: Int32Array;
  readonly u64: BigUint64Array;
  readonly u8: Uint8Array;
}

/** Bytes below the stack and a first part of it. */
export function createStackMemory(threads: number, maxBytes: number): StackMemory {
  const start = stackStart(threads);
  const initialPages = Math.ceil(start / PAGE_BYTES) + 16;
  const maximumPages = Math.floor(maxBytes / PAGE_BYTES);
  if (!Number.isSafeInteger(maxBytes) || maximumPages < initialPages || maxBytes > MAX_MEMORY_BYTES) {
    throw new EngineOptionsError("memoryMaxBytes out of range", {
      expected: `an integer from ${initialPages * PAGE_BYTES} to ${MAX_MEMORY_BYTES}`,
      got: String(maxBytes),
    });
  }
  const memory = new WebAssembly.Memory({ initial: initialPages, maximum: maximumPages, shared: true });
  let top = start;
  let peak = start;
  let views = viewsOf(memory);

  function allocate(bytes: number): number {
    const address = top;
    const end = address + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    if (end > views.u8.length) grow(end, bytes);
    top = end;
    peak = Math.max(peak, top);
    return address;
  }

  /** By a quarter at least, so that a growing stack makes few views. */
  function grow(end: number, asked: number): void {
    const size = views.u8.length;
    if (end > maximumPages * PAGE_BYTES) throw exhausted(asked, top - start, maxBytes);
    const wanted = Math.min(Math.max(end, size + size / 4), maximumPages * PAGE_BYTES);
    try {
      memory.grow(Math.ceil((wanted - size) / PAGE_BYTES));
    } catch (cause) {
      throw exhausted(asked, top - start, maxBytes, cause);
    }
    views = viewsOf(memory);
  }

  return {
    memory,
    allocate,
    top: () => top,
    takePeak() {
      const taken = peak;
      peak = top;
      return taken;
    },
    release(mark) {
      if (!Number.isSafeInteger(mark) || mark < start || mark > top) {
        throw new ShapeError("release: not a mark of this engine", {
          expected: `from ${start} to ${top}`,
          got: String(mark),
        });
      }
      top = mark;
    },
    // Filling a shared memory byte by byte takes seven times as long.
    clear(address, bytes) {
      views.f64.fill(0, address / 8, Math.ceil((address + bytes) / 8));
    },
    f64: () => views.f64,
    i32: () => views.i32,
    u64: () => views.u64,
    u8: () => views.u8,
  };
}

function viewsOf({ buffer }: WebAssembly.Memory): Views {
  return {
    f64: new Float64Array(buffer),
    i32: new Int32Array(buffer),
    u64: new BigUint64Array(buffer),
    u8: new Uint8Array(buffer),
  };
}

function exhausted(askedBytes: number, usedBytes: number, maxBytes: number, cause?: unknown): MemoryExhaustedError {
  return new MemoryExhaustedError("no memory left for the vector", {
    expected: `at most ${maxBytes} bytes in use`,
    got: `${askedBytes} more on top of ${usedBytes}`,
    remedy:
      maxBytes < MAX_MEMORY_BYTES
        ? "raise memoryMaxBytes, release vectors earlier, or prove a smaller model"
        : "release vectors earlier, or prove a smaller model: 4 GiB is the most WebAssembly can address",
    cause,
  });
}
