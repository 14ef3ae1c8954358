/** Batch inversion and division by X - z: operations in which every element depends on those before it. */
import { add, inv, mul, pow } from "../../core/field.ts";
import { checkScalar } from "../../kernels/checks.ts";
import { BLOCK, BLOCK_BYTES } from "../../kernels/emit/field.ts";
import type { Engine } from "../../kernels/engine.ts";
import { ZeroInverseError } from "../../kernels/errors.ts";
import type { Context, WasmFr } from "./context.ts";
import { blocksOf, readLane, splitRange, writeLane, writeSplat } from "./context.ts";
import { DIVIDE_NS, INVERSE_NS } from "./costs.ts";
import { keepPadding, lastBlock } from "./padding.ts";
import type { Evaluator } from "./sums.ts";

type SequenceOperations = Pick<Engine, "batchInverse" | "divideLinear">;

export function sequenceOperations(context: Context, evaluator: Evaluator, read: Engine["read"]): SequenceOperations {
  const { memory } = context;

  function invert(v: WasmFr): void {
    const f64 = (): Float64Array => memory.f64();
    for (let lane = v.length % BLOCK; lane > 0 && lane < BLOCK; lane++) writeLane(f64(), lastBlock(v), lane, 1n);
    const mark = memory.top();
    const parts = context.ranges(blocksOf(v.length), INVERSE_NS).map(({ from, count }) => {
      const running = memory.allocate((count + 1) * BLOCK_BYTES);
      writeSplat(f64(), running, 1n);
      return { from, count, running };
    });
    context.run(
      "productsN",
      parts.map(({ from, count, running }) => [v.address + from * BLOCK_BYTES, running, count]),
    );
    const products = parts.flatMap(({ count, running }) =>
      Array.from({ length: BLOCK }, (_, lane) => readLane(f64(), running + count * BLOCK_BYTES, lane)),
    );
    if (products.includes(0n)) {
      memory.release(mark);
      throw new ZeroInverseError(read(v).indexOf(0n));
    }
    const inverses = invertAll(products);
    const tasks = parts.map(({ from, count, running }, part) => {
      const last = running + count * BLOCK_BYTES;
      for (let lane = 0; lane < BLOCK; lane++) writeLane(f64(), last, lane, inverses[part * BLOCK + lane]!);
      return [v.address + from * BLOCK_BYTES, running, last, count];
    });
    context.run("invertN", tasks);
    memory.release(mark);
  }

  /** The same on elements [from, v.length), one by one: what does not fill eight chunks. Returns what goes down. */
  function divideTop(v: WasmFr, from: number, z: bigint): bigint {
    let carry = 0n;
    const values = read(v, from, v.length - from);
    for (let i = v.length - 1; i >= from; i--) {
      const next = add(values[i - from]!, mul(z, carry));
      writeLane(memory.f64(), v.address + Math.floor(i / BLOCK) * BLOCK_BYTES, i % BLOCK, carry);
      carry = next;
    }
    return carry;
  }

  return {
    batchInverse(v) {
      const vector = context.fr(v);
      if (v.length > 0) keepPadding(context, vector, () => invert(vector));
    },

    divideLinear(v, z) {
      const vector = context.fr(v);
      checkScalar(z, "divideLinear: point");
      const blocks = Math.floor(v.length / BLOCK);
      // One part per thread: each part costs eight evaluations in BigInt.
      const parts = Math.min(context.ranges(blocks, DIVIDE_NS).length, context.threads);
      const chunks = parts * BLOCK;
      const chunkBlocks = Math.floor(blocks / chunks);
      let carry = divideTop(vector, chunks * chunkBlocks * BLOCK, z);
      if (chunkBlocks === 0) return carry;

      const mark = memory.top();
      const chunkBytes = chunkBlocks * BLOCK_BYTES;
      const pieces = Array.from({ length: chunks }, (_, chunk) => {
        return { address: vector.address + chunk * chunkBytes, blocks: chunkBlocks };
      });
      const values = evaluator.evaluatePieces(pieces, evaluator.powerTable(z, chunkBlocks));
      const zToChunk = pow(z, chunkBlocks * BLOCK);
      const zBlock = context.splat(1, z);
      const carries = memory.allocate(parts * BLOCK_BYTES);
      for (let chunk = chunks - 1; chunk >= 0; chunk--) {
        writeLane(memory.f64(), carries + Math.floor(chunk / BLOCK) * BLOCK_BYTES, chunk % BLOCK, carry);
        carry = add(values[chunk]!, mul(zToChunk, carry));
      }
      context.run(
        "divideN",
        splitRange(parts, parts).map(({ from }) => {
          return [
            vector.address + from * BLOCK * chunkBytes,
            chunkBytes,
            carries + from * BLOCK_BYTES,
            zBlock,
            chunkBlocks,
          ];
        }),
      );
      memory.release(mark);
      return carry;
    },
  };
}

/** Inverses by one inversion and three multiplications each. */
function invertAll(values: readonly bigint[]): bigint[] {
  const before: bigint[] = [];
  let product = 1n;
  for (const value of values) {
    before.push(product);
    product = mul(product, value);
  }
  let rest = inv(product);
  const inverses = new Array<bigint>(values.length);
  for (let i = values.length - 1; i >= 0; i--) {
    inverses[i] = mul(rest, before[i]!);
    rest = mul(rest, values[i]!);
  }
  return inverses;
}
