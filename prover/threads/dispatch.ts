/**
 * How one thread hands kernel calls to the others through shared memory, without a message per call.
 *
 * The dispatch area (kernels/memory-map.ts) as 32-bit words:
 *
 *     0  GENERATION   counts runs; idle workers sleep on it
 *     1  CLAIM        tasks of the run << 16 | next task to hand out; a task is claimed by compare-and-swap
 *     2  COMPLETED    tasks finished; the caller sleeps on it
 *     3  FUNCTION     index of the kernel in the sorted list of exports
 *     4  ARGUMENTS    arguments per task
 *     5  FAILURE      0, or 1 + index of the first thread whose task threw
 *     6  TEXT_BYTES   length of the failure text
 *     64 ..           failure text, UTF-8, FAILURE_TEXT_BYTES
 *     1088 ..         arguments, task after task
 *
 * Why it is safe: everything a task needs is read after its claim succeeded, and the caller rewrites the area only after all
 * tasks of the run are completed. A worker that wakes late finds nothing to claim and sleeps again; nobody waits for it.
 */
import { MAX_TASK_ARGUMENTS } from "../../kernels/host.ts";
import { DISPATCH } from "../../kernels/memory-map.ts";

export const GENERATION = 0;
export const CLAIM = 1;
export const COMPLETED = 2;
export const FUNCTION = 3;
export const ARGUMENTS = 4;
export const FAILURE = 5;
const TEXT_BYTES = 6;
const TEXT_WORD = 64;
const FAILURE_TEXT_BYTES = 4096;
export const TASKS_WORD = TEXT_WORD + FAILURE_TEXT_BYTES / 4;

const WORDS = (DISPATCH.end - DISPATCH.start) / 4;
/** Tasks that fit into the area with the most arguments. */
export const MAX_TASKS = Math.floor((WORDS - TASKS_WORD) / MAX_TASK_ARGUMENTS);

/**
 * Polls of a word before a thread sleeps, about 7 ns each. Waking a sleeper costs 20 to 40 us, a polling thread answers in 2 us;
 * 56 us of polling bridge what the caller does between two rounds of a sumcheck.
 */
const SPINS = 8000;
/** A run in which no task ends for so long has lost a thread. */
const STALL_MS = 600_000;

export type Kernel = (...args: number[]) => number;
export type Kernels = ReadonlyMap<string, Kernel>;

/** The dispatch words; the view stays valid when the memory grows, since growing keeps what was there. */
export function dispatchWords(memory: WebAssembly.Memory): Int32Array {
  return new Int32Array(memory.buffer, DISPATCH.start, WORDS);
}

/** The same on every thread, since the modules are. */
export function sortedNames(kernels: Kernels): string[] {
  return [...kernels.keys()].sort();
}

/** Claims and runs tasks until none is left. Failures are recorded, the first one with its text. */
export function drain(words: Int32Array, functions: readonly Kernel[], thread: number): unknown {
  let thrown: unknown;
  for (let claim = Atomics.load(words, CLAIM); (claim & 0xffff) < claim >>> 16; claim = Atomics.load(words, CLAIM)) {
    if (Atomics.compareExchange(words, CLAIM, claim, claim + 1) !== claim) continue;
    try {
      const count = words[ARGUMENTS]!;
      const start = TASKS_WORD + (claim & 0xffff) * count;
      functions[words[FUNCTION]!]!(...words.subarray(start, start + count));
    } catch (error) {
      thrown ??= error;
      recordFailure(words, thread, error);
    }
    const completed = Atomics.add(words, COMPLETED, 1) + 1;
    if (completed === claim >>> 16) Atomics.notify(words, COMPLETED);
  }
  return thrown;
}

/** Waits until all `tasks` are completed; false when a thread was lost. */
export function waitCompleted(words: Int32Array, tasks: number): boolean {
  for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(words, COMPLETED) === tasks) return true;
  for (let done = Atomics.load(words, COMPLETED); done !== tasks; done = Atomics.load(words, COMPLETED)) {
    if (Atomics.wait(words, COMPLETED, done, STALL_MS) === "timed-out") return false;
  }
  return true;
}

/** The life of a worker, ended from outside: run what there is, then sleep until the next run. */
export function serve(words: Int32Array, functions: readonly Kernel[], thread: number): never {
  while (true) {
    const generation = Atomics.load(words, GENERATION);
    drain(words, functions, thread);
    let spin = 0;
    while (spin < SPINS && Atomics.load(words, GENERATION) === generation) spin++;
    if (spin === SPINS) Atomics.wait(words, GENERATION, generation);
  }
}

function recordFailure(words: Int32Array, thread: number, error: unknown): void {
  if (Atomics.compareExchange(words, FAILURE, 0, 1 + thread) !== 0) return;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const bytes = new TextEncoder().encode(text).subarray(0, FAILURE_TEXT_BYTES);
  new Uint8Array(words.buffer, words.byteOffset + 4 * TEXT_WORD, FAILURE_TEXT_BYTES).set(bytes);
  words[TEXT_BYTES] = bytes.length;
}

export function failureText(words: Int32Array): string {
  const bytes = new Uint8Array(words.buffer, words.byteOffset + 4 * TEXT_WORD, words[TEXT_BYTES]!);
  return new TextDecoder().decode(bytes.slice());
}
