/** Instances of the kernel modules on one thread. */
import { scratchOf } from "../../kernels/memory-map.ts";
import type { Kernel, Kernels } from "./dispatch.ts";

/** Exports of all modules by name; every name exists once. */
export function instantiate(
  modules: readonly WebAssembly.Module[],
  memory: WebAssembly.Memory,
  thread: number,
): Kernels {
  const scratch = new WebAssembly.Global({ value: "i32", mutable: false }, scratchOf(thread));
  const kernels = new Map<string, Kernel>();
  for (const module of modules) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory, scratch } });
    for (const [name, value] of Object.entries(exports)) {
      if (kernels.has(name)) throw new TypeError(`two kernels are named ${name}`);
      kernels.set(name, value as Kernel);
    }
  }
  return kernels;
}
