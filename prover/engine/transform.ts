/** Number-theoretic transforms and products in the ring of Laurent polynomials modulo X^n - 1. */
import { inv, mul, pow, R } from "../../core/field.ts";
import { checkPowerOfTwo, checkSame, MAX_NTT_LENGTH } from "../../kernels/checks.ts";
import { PACKED_ELEMENT_BYTES } from "../../kernels/emit/elementwise.ts";
import { BLOCK, BLOCK_BYTES, encodeElement } from "../../kernels/emit/field.ts";
import type { Engine, FrVec } from "../../kernels/engine.ts";
import { rootOfUnity, transform } from "../../kernels/reference.ts";
import type { Context } from "./context.ts";
import { mostRanges, splitRange, writeLane, writeSplat } from "./context.ts";
import { LAURENT_NS, NTT_LAYER_NS } from "./costs.ts";

type TransformOperations = Pick<Engine, "ntt" | "laurentMulAdd">;

/** Below this the two passes have no whole blocks: columns and rows would be shorter than 8. */
const LEAST_LENGTH = BLOCK * BLOCK;

/** Roots and bit-reversed offsets of one column length, as they are copied to memory. */
interface ColumnTables {
  readonly roots: Float64Array;
  /** Byte offset in the work area of each row. */
  readonly reversed: Int32Array;
}

/** Elements of a column and of a row of the two passes. */
function passSizes(length: number): { rows: number; columns: number } {
  const rows = 2 ** Math.ceil(Math.log2(length) / 2);
  return { rows, columns: length / rows };
}

/** Most bytes of the stack that a transform of `length` takes beside the vector. */
export function transformScratchBytes(length: number, threads: number): number {
  if (length < LEAST_LENGTH) return 0;
  const { rows, columns } = passSizes(length);
  const tables = (PACKED_ELEMENT_BYTES / 2 + 4) * (rows + columns);
  const parts = mostRanges(threads, columns / BLOCK);
  return (length / BLOCK) * BLOCK_BYTES + tables + parts * (rows + 3) * BLOCK_BYTES;
}

export function transformOperations(
  context: Context,
  vectors: Pick<Engine, "read" | "write" | "intVec" | "gatherMulAdd">,
): TransformOperations {
  const { memory } = context;
  const tables = new Map<string, ColumnTables>();

  function columnTables(length: number, inverse: boolean): ColumnTables {
    const key = `${length} ${inverse}`;
    const known = tables.get(key);
    if (known) return known;
    const made = makeColumnTables(length, rootOfUnity(length, inverse));
    tables.set(key, made);
    return made;
  }

  function placeTables({ roots, reversed }: ColumnTables): { roots: number; reversed: number } {
    const addresses = { roots: memory.allocate(roots.byteLength), reversed: memory.allocate(reversed.byteLength) };
    memory.f64().set(roots, addresses.roots / 8);
    memory.i32().set(reversed, addresses.reversed / 4);
    return addresses;
  }

  function twoPasses(address: number, length: number, inverse: boolean): void {
    const { rows, columns } = passSizes(length);
    const root = rootOfUnity(length, inverse);
    const blocks = length / BLOCK;
    const mark = memory.top();
    const target = memory.allocate(blocks * BLOCK_BYTES);
    const parts = context.ranges(columns / BLOCK, rows * NTT_LAYER_NS * Math.log2(rows));
    const rowTables = placeTables(columnTables(rows, inverse));
    const columnTable = placeTables(columnTables(columns, inverse));
    const work = parts.map(() => memory.allocate(rows * BLOCK_BYTES));

    const rootToBlock = pow(root, BLOCK);
    context.run(
      "nttFirst",
      parts.map(({ from, count }, part) => {
        const state = memory.allocate(3 * BLOCK_BYTES);
        const f64 = memory.f64();
        writeSplat(f64, state, inverse ? inv(BigInt(length)) : 1n);
        let step = pow(root, from * BLOCK);
        for (let lane = 0; lane < BLOCK; lane++, step = mul(step, root))
          writeLane(f64, state + BLOCK_BYTES, lane, step);
        writeSplat(f64, state + 2 * BLOCK_BYTES, rootToBlock);
        const { roots, reversed } = rowTables;
        return [address, target, rows, columns / BLOCK, from, count, reversed, roots, work[part]!, state];
      }),
    );
    context.run(
      "nttSecond",
      splitRange(rows / BLOCK, Math.min(parts.length, rows / BLOCK)).map(({ from, count }, part) => {
        const { roots, reversed } = columnTable;
        return [target, address, columns, rows / BLOCK, from, count, reversed, roots, work[part]!];
      }),
    );
    memory.release(mark);
  }

  /** Two gathered products, for lengths at which reversed vectors do not fall on blocks. */
  function laurentByIndex(dst: FrVec, f: FrVec, w: FrVec): void {
    const mark = memory.top();
    const n = dst.length;
    const forward = vectors.intVec(Int32Array.from({ length: n }, (_, i) => i));
    const backward = vectors.intVec(Int32Array.from({ length: n }, (_, i) => (n - i) % n));
    vectors.gatherMulAdd(dst, f, forward, w, backward, 1n);
    vectors.gatherMulAdd(dst, f, backward, w, forward, 1n);
    memory.release(mark);
  }

  return {
    ntt(v, inverse = false) {
      const { address } = context.fr(v);
      checkPowerOfTwo("ntt", v.length, 1, MAX_NTT_LENGTH);
      if (v.length >= LEAST_LENGTH) {
        twoPasses(address, v.length, inverse);
        return;
      }
      const scale = inverse ? inv(BigInt(v.length)) : 1n;
      const values = transform(vectors.read(v), rootOfUnity(v.length, inverse));
      vectors.write(
        v,
        0,
        values.map((value) => mul(value, scale)),
      );
    },

    laurentMulAdd(dst, f, w) {
      const [out, x, y] = [context.fr(dst), context.fr(f), context.fr(w)];
      checkSame("laurentMulAdd", dst, f, w);
      if (dst.length % BLOCK !== 0) {
        laurentByIndex(dst, f, w);
        return;
      }
      const blocks = dst.length / BLOCK;
      context.forBlocks("laurentN", blocks, LAURENT_NS, (from, count) => {
        return [out.address, x.address, y.address, blocks, from, count];
      });
    },
  };
}

function makeColumnTables(length: number, root: bigint): ColumnTables {
  const roots = new Float64Array((length / 2) * (PACKED_ELEMENT_BYTES / 8));
  let power = 1n;
  for (let i = 0; i < length / 2; i++, power = mul(power, root)) {
    roots.set(encodeElement(power, R), i * (PACKED_ELEMENT_BYTES / 8));
  }
  const bits = Math.log2(length);
  const reversed = Int32Array.from({ length }, (_, i) => {
    let result = 0;
    for (let bit = 0; bit < bits; bit++) if (i & (1 << bit)) result |= 1 << (bits - 1 - bit);
    return result * BLOCK_BYTES;
  });
  return { roots, reversed };
}
