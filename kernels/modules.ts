/**
 * The kernel modules: what is built into `kernels/generated/`, and in which budget.
 *
 * Each module is built twice from one source: with fused products, and with split products for a machine whose relaxed
 * multiply-add does not round once. Both keep vectors in the same layout and give the same field elements.
 */
import { curveModule } from "./emit/curve/module.ts";
import type { ProductMode } from "./emit/module.ts";
import { scalarModule } from "./emit/scalar-module.ts";

export interface KernelModule {
  readonly name: string;
  text(product: ProductMode): string;
  /** Largest size of the compiled module in bytes, raised on purpose only. */
  readonly budgetBytes: Readonly<Record<ProductMode, number>>;
}

export const PRODUCT_MODES: readonly ProductMode[] = ["fused", "split"];

export const KERNEL_MODULES: readonly KernelModule[] = [
  { name: "scalar", text: scalarModule, budgetBytes: { fused: 170_000, split: 400_000 } },
  { name: "curve", text: curveModule, budgetBytes: { fused: 140_000, split: 320_000 } },
];

/** File of a compiled module, relative to `kernels/generated/`. */
export const generatedFile = (name: string, product: ProductMode): string => `${name}-${product}.wasm.ts`;
