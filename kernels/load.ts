/** The committed kernel modules, compiled. */
import { inflateRawSync } from "node:zlib";
import type { ProductMode } from "./emit/module.ts";

type Compressed = () => Promise<{ readonly compressed: string }>;

/** Only the modules of the mode that is used are read. */
const FILES: Readonly<Record<ProductMode, readonly Compressed[]>> = {
  fused: [() => import("./generated/scalar-fused.wasm.ts"), () => import("./generated/curve-fused.wasm.ts")],
  split: [() => import("./generated/scalar-split.wasm.ts"), () => import("./generated/curve-split.wasm.ts")],
};

export async function loadModules(product: ProductMode): Promise<WebAssembly.Module[]> {
  const files = await Promise.all(FILES[product].map((load) => load()));
  return files.map(({ compressed }) => {
    return new WebAssembly.Module(Uint8Array.from(inflateRawSync(Buffer.from(compressed, "base64"))));
  });
}
