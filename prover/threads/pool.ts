/** The threads of one engine: the caller and `threads - 1` workers on one shared memory. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { EngineClosedError, ShapeError, WorkerFailedError } from "../../kernels/errors.ts";
import type { TaskArguments } from "../../kernels/host.ts";
import { MAX_TASK_ARGUMENTS } from "../../kernels/host.ts";
import {
  ARGUMENTS,
  CLAIM,
  COMPLETED,
  dispatchWords,
  drain,
  FAILURE,
  FUNCTION,
  failureText,
  GENERATION,
  MAX_TASKS,
  sortedNames,
  TASKS_WORD,
  waitCompleted,
} from "./dispatch.ts";
import { instantiate } from "./instances.ts";
import type { WorkerStart } from "./worker.ts";
import { KERNEL_WORKER, workerUrl } from "./worker.ts";

export interface Pool {
  readonly threads: number;
  /** Calls a kernel on the calling thread. */
  call(name: string, ...args: number[]): number;
  /** Calls a kernel once per task on all threads; all tasks have the same number of arguments. */
  run(name: string, tasks: readonly TaskArguments[]): void;
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly threads: number;
  readonly memory: WebAssembly.Memory;
  readonly modules: readonly WebAssembly.Module[];
}

const CALLER = 0;

export async function createPool({ threads, memory, modules }: PoolOptions): Promise<Pool> {
  const kernels = instantiate(modules, memory, CALLER);
  const names = sortedNames(kernels);
  const functions = names.map((name) => kernels.get(name)!);
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const words = dispatchWords(memory);
  const workers = await startWorkers(threads - 1, memory, modules);
  let broken: WorkerFailedError | undefined;
  let closed = false;

  for (const [index, worker] of workers.entries()) {
    const lost = (cause: unknown): void => {
      if (!closed) broken ??= workerLost(index + 1, cause);
    };
    worker.on("error", lost);
    worker.on("exit", (code) => lost(new Error(`exit code ${code}`)));
    worker.unref();
  }

  function ensureUsable(): void {
    if (closed) throw new EngineClosedError();
    if (broken) throw broken;
  }

  function run(name: string, tasks: readonly TaskArguments[]): void {
    ensureUsable();
    if (tasks.length === 0) return;
    const index = indexOf.get(name);
    if (index === undefined) throw new ShapeError("no such kernel", { got: name });
    if (tasks.length === 1 || workers.length === 0) {
      for (const task of tasks) callHere(name, () => functions[index]!(...task));
      return;
    }
    for (let first = 0; first < tasks.length; first += MAX_TASKS) {
      publish(index, tasks.slice(first, first + MAX_TASKS));
    }
  }

  function publish(index: number, tasks: readonly TaskArguments[]): void {
    const count = tasks[0]!.length;
    if (count > MAX_TASK_ARGUMENTS) throw new ShapeError("too many arguments", { got: String(count) });
    tasks.forEach((task, k) => words.set(task, TASKS_WORD + k * count));
    words[FUNCTION] = index;
    words[ARGUMENTS] = count;
    words[FAILURE] = 0;
    Atomics.store(words, COMPLETED, 0);
    Atomics.store(words, CLAIM, tasks.length << 16);
    Atomics.add(words, GENERATION, 1);
    Atomics.notify(words, GENERATION, tasks.length - 1);
    const thrown = drain(words, functions, CALLER);
    if (!waitCompleted(words, tasks.length)) {
      broken = workerLost(-1, new Error("a task did not end"));
      throw broken;
    }
    const failure = Atomics.load(words, FAILURE);
    if (failure !== 0) {
      throw kernelFailed(names[index]!, failure - 1, failure - 1 === CALLER ? thrown : new Error(failureText(words)));
    }
  }

  function callHere(name: string, kernel: () => number): number {
    try {
      return kernel();
    } catch (cause) {
      throw kernelFailed(name, CALLER, cause);
    }
  }

  return {
    threads,
    call(name, ...args) {
      ensureUsable();
      const kernel = kernels.get(name);
      if (!kernel) throw new ShapeError("no such kernel", { got: name });
      return callHere(name, () => kernel(...args));
    },
    run,
    async close() {
      if (closed) return;
      closed = true;
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

async function startWorkers(
  count: number,
  memory: WebAssembly.Memory,
  modules: readonly WebAssembly.Module[],
): Promise<Worker[]> {
  const workers = Array.from({ length: count }, (_, index) => {
    const start: WorkerStart = { role: KERNEL_WORKER, thread: index + 1, memory, modules };
    return new Worker(workerUrl, { workerData: start, execArgv: [], name: `gavel-kernels-${index + 1}` });
  });
  try {
    await Promise.all(workers.map((worker) => once(worker, "message")));
  } catch (cause) {
    await Promise.all(workers.map((worker) => worker.terminate()));
    throw new WorkerFailedError("a worker thread did not start", {
      remedy: "create the engine with fewer threads, or with threads: 1",
      retryable: true,
      cause,
    });
  }
  return workers;
}

function kernelFailed(name: string, thread: number, cause: unknown): WorkerFailedError {
  return new WorkerFailedError(`kernel ${name} failed on thread ${thread}`, {
    remedy: "this is a defect of Gavel; create another engine, and report the cause",
    cause,
  });
}

function workerLost(thread: number, cause: unknown): WorkerFailedError {
  return new WorkerFailedError(thread < 0 ? "a worker thread does not answer" : `worker thread ${thread} ended`, {
    remedy: "create another engine; if it repeats, give the process more memory or fewer threads",
    retryable: true,
    cause,
  });
}
