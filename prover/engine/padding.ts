/** Vectors that end inside a block: what lies behind their end must not change, and must not enter sums. */
import { BLOCK, BLOCK_BYTES, LIMBS } from "../../kernels/emit/field.ts";
import type { Context, WasmFr } from "./context.ts";

/** Runs `operation`, which may overwrite the padding of v, and puts the padding back if it is not v's own. */
export function keepPadding(context: Context, v: WasmFr, operation: () => void): void {
  const lanes = v.length % BLOCK;
  if (lanes === 0 || v.ownsPadding) {
    operation();
    return;
  }
  const address = lastBlock(v) / 8;
  const saved = context.memory.f64().slice(address, address + BLOCK * LIMBS);
  operation();
  const f64 = context.memory.f64();
  for (let j = 0; j < LIMBS; j++) {
    for (let lane = lanes; lane < BLOCK; lane++) f64[address + BLOCK * j + lane] = saved[BLOCK * j + lane]!;
  }
}

/** Address of the block in which v ends. */
export function lastBlock(v: WasmFr): number {
  return v.address + Math.floor((v.length - 1) / BLOCK) * BLOCK_BYTES;
}
