/** The code of a worker thread. It is started from this file's own URL, so that compiled output needs no other path. */
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { dispatchWords, serve, sortedNames } from "./dispatch.ts";
import { instantiate } from "./instances.ts";

export interface WorkerStart {
  /** Tells this worker from any other that happens to import the file. */
  readonly role: typeof KERNEL_WORKER;
  readonly thread: number;
  readonly memory: WebAssembly.Memory;
  readonly modules: readonly WebAssembly.Module[];
}

export const KERNEL_WORKER = "gavel-kernel-worker";
export const workerUrl = new URL(import.meta.url);

function isStart(data: unknown): data is WorkerStart {
  return typeof data === "object" && data !== null && "role" in data && data.role === KERNEL_WORKER;
}

if (!isMainThread && isStart(workerData)) {
  const { thread, memory, modules } = workerData;
  const kernels = instantiate(modules, memory, thread);
  parentPort!.postMessage("ready");
  const functions = sortedNames(kernels).map((name) => kernels.get(name)!);
  serve(dispatchWords(memory), functions, thread);
}
