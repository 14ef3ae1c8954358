/** The curve module on one thread, without an engine around it. */

import { R } from "../../../../core/field.ts";
import { assemble } from "../../../../kernels/emit/assemble.ts";
import { curveModule } from "../../../../kernels/emit/curve/module.ts";
import { BLOCK, BLOCK_BYTES, encodeElement } from "../../../../kernels/emit/field.ts";
import type { ProductMode } from "../../../../kernels/emit/module.ts";
import type { KernelHost } from "../../../../kernels/host.ts";
import { PAGE_BYTES, scratchOf, stackStart } from "../../../../kernels/memory-map.ts";

/** `threads` is what the host says; everything runs here. Vectors start at `start`; pages that nobody touches cost nothing. */
export async function createTestHost(
  product: ProductMode = "fused",
  megabytes = 256,
  threads = 1,
  start = stackStart(threads),
): Promise<KernelHost> {
  const pages = Math.ceil(start / PAGE_BYTES) + megabytes * 16;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true });
  const module = new WebAssembly.Module(await assemble("curve", curveModule(product)));
  const scratch = new WebAssembly.Global({ value: "i32", mutable: false }, scratchOf(0));
  const { exports } = new WebAssembly.Instance(module, { env: { memory, scratch } });
  const kernel = (name: string) => exports[name] as (...args: number[]) => number;
  const [f64, i32, u8] = [
    new Float64Array(memory.buffer),
    new Int32Array(memory.buffer),
    new Uint8Array(memory.buffer),
  ];
  let top = start;
  return {
    threads,
    allocate(bytes) {
      const address = top;
      top += Math.ceil(bytes / 64) * 64;
      if (top > u8.length) throw new RangeError(`the test host is out of memory: ${top}`);
      return address;
    },
    mark: () => top,
    release(mark) {
      top = mark;
    },
    f64: () => f64,
    i32: () => i32,
    u8: () => u8,
    call: (name, ...args) => kernel(name)(...args),
    run(name, tasks) {
      for (const task of tasks) kernel(name)(...task);
    },
    addressOf() {
      throw new TypeError("the test host has no vectors");
    },
  };
}

/** Blocks of the scalars on the host's stack. */
export function writeScalars(host: KernelHost, scalars: readonly bigint[]): number {
  const address = host.allocate(Math.ceil(scalars.length / BLOCK) * BLOCK_BYTES);
  const f64 = host.f64();
  scalars.forEach((scalar, i) => {
    encodeElement(scalar, R).forEach((limb, j) => {
      f64[address / 8 + Math.floor(i / BLOCK) * (BLOCK_BYTES / 8) + BLOCK * j + (i % BLOCK)] = limb;
    });
  });
  return address;
}

export function writeInts(host: KernelHost, ints: readonly number[]): number {
  const address = host.allocate(4 * ints.length + 64);
  host.i32().set(ints, address / 4);
  return address;
}
