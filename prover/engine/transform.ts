/** Number-theoretic transforms on cosets of roots of unity, and products with reversed vectors. */
import { add, inv, mul, pow, R } from "../../core/field.ts";
import { checkPowerOfTwo, checkSame, checkScalar, MAX_NTT_LENGTH } from "../../kernels/checks.ts";
import { PACKED_ELEMENT_BYTES } from "../../kernels/emit/elementwise.ts";
import { BLOCK, BLOCK_BYTES, encodeElement } from "../../kernels/emit/field.ts";
import type { Engine, FrVec } from "../../kernels/engine.ts";
import { rootOfUnity, transform } from "../../kernels/reference.ts";
import type { Context, Range } from "./context.ts";
import { mostRanges, splitRange, writeLane, writeSplat } from "./context.ts";
import { NTT_LAYER_NS, REVERSED_NS } from "./costs.ts";

type TransformOperations = Pick<Engine, "ntt" | "reversedMulAdd">;

/** Below this the two passes have no whole blocks: columns and rows would be shorter than 8. */
const LEAST_LENGTH = BLOCK * BLOCK;

/** What the first pass keeps for one range of columns (kernels/emit/transform.ts). */
const STATE_BLOCKS = 4;

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
  const tables = (PACKED_ELEMENT_BYTES / 2 + 4) * (rows + columns) + PACKED_ELEMENT_BYTES * rows;
  const states = mostRanges(threads, columns / BLOCK) * STATE_BLOCKS;
  return tables + (length / BLOCK + threads * rows + states) * BLOCK_BYTES;
}

export function transformOperations(
  context: Context,
  vectors: Pick<Engine, "read" | "write" | "frVec" | "powers" | "mul">,
): TransformOperations {
  const { memory } = context;
  const tables = new Map<string, ColumnTables>();
  /** By rows and base: packed powers of the base. */
  const packedPowers = new Map<string, Float64Array>();
  /** By transform and ranges: the states that the first pass starts with. BigInt on one thread would cost as much as a short transform. */
  const firstStates = new Map<string, Float64Array>();
  const inverses = new Map<bigint, bigint>();

  function columnTables(length: number, inverse: boolean): ColumnTables {
    const key = `${length} ${inverse}`;
    const known = tables.get(key);
    if (known) return known;
    const made = makeColumnTables(length, rootOfUnity(length, inverse));
    tables.set(key, made);
    return made;
  }

  /** Packed base^i for i < rows. */
  function placePowers(base: bigint, rows: number): number {
    const key = `${rows} ${base}`;
    const powers = packedPowers.get(key) ?? packPowers(base, rows);
    packedPowers.set(key, powers);
    const address = memory.allocate(powers.byteLength);
    memory.f64().set(powers, address / 8);
    return address;
  }

  function placeTables({ roots, reversed }: ColumnTables): { roots: number; reversed: number } {
    const addresses = { roots: memory.allocate(roots.byteLength), reversed: memory.allocate(reversed.byteLength) };
    memory.f64().set(roots, addresses.roots / 8);
    memory.i32().set(reversed, addresses.reversed / 4);
    return addresses;
  }

  /** The state of each range of columns, one after another. */
  function placeStates(length: number, inverse: boolean, shift: bigint, parts: readonly Range[]): number {
    const key = `${length} ${inverse} ${shift} ${parts.length}`;
    const states = firstStates.get(key) ?? packStates(length, inverse, shift, parts);
    firstStates.set(key, states);
    const address = memory.allocate(states.byteLength);
    memory.f64().set(states, address / 8);
    return address;
  }

  function twoPasses(address: number, length: number, inverse: boolean, shift: bigint): void {
    const { rows, columns } = passSizes(length);
    const blocks = length / BLOCK;
    const mark = memory.top();
    const target = memory.allocate(blocks * BLOCK_BYTES);
    const parts = context.ranges(columns / BLOCK, rows * NTT_LAYER_NS * Math.log2(rows));
    const rowTables = placeTables(columnTables(rows, inverse));
    const columnTable = placeTables(columnTables(columns, inverse));
    const works = memory.allocate(context.threads * rows * BLOCK_BYTES);
    const factors = shift === 1n ? 0 : placePowers(pow(shift, columns), rows);

    const states = placeStates(length, inverse, shift, parts);

    context.run(
      "nttFirst",
      parts.map(({ from, count }, part) => {
        const { roots, reversed } = rowTables;
        const state = states + part * STATE_BLOCKS * BLOCK_BYTES;
        return [address, target, rows, columns / BLOCK, from, count, reversed, roots, works, state, factors];
      }),
    );
    context.run(
      "nttSecond",
      splitRange(rows / BLOCK, Math.min(parts.length, rows / BLOCK)).map(({ from, count }) => {
        const { roots, reversed } = columnTable;
        return [target, address, columns, rows / BLOCK, from, count, reversed, roots, works];
      }),
    );
    memory.release(mark);
  }

  function inverseOf(shift: bigint): bigint {
    const known = inverses.get(shift) ?? inv(shift);
    inverses.set(shift, known);
    return known;
  }

  /** v[i] <- base^i·v[i] */
  function scaleByPowers(v: FrVec, base: bigint): void {
    const mark = memory.top();
    const powers = vectors.frVec(v.length);
    vectors.powers(powers, base);
    vectors.mul(v, v, powers);
    memory.release(mark);
  }

  return {
    ntt(v, inverse = false, shift = 1n) {
      const { address } = context.fr(v);
      checkPowerOfTwo("ntt", v.length, 1, MAX_NTT_LENGTH);
      checkScalar(shift, "ntt: shift");
      if (v.length >= LEAST_LENGTH) twoPasses(address, v.length, inverse, inverse ? 1n : shift);
      else {
        const scale = inverse ? inv(BigInt(v.length)) : 1n;
        const [first, step] = [scale, inverse ? 1n : shift];
        const values = vectors.read(v).map((value, i) => mul(value, mul(first, pow(step, i))));
        vectors.write(v, 0, transform(values, rootOfUnity(v.length, inverse)));
      }
      if (inverse && shift !== 1n) scaleByPowers(v, inverseOf(shift));
    },

    reversedMulAdd(dst, a, b) {
      const [out, x, y] = [context.fr(dst), context.fr(a), context.fr(b)];
      checkSame("reversedMulAdd", dst, a, b);
      if (dst.length % BLOCK !== 0) {
        const reversed = vectors.read(b).reverse();
        const factors = vectors.read(a);
        vectors.write(
          dst,
          0,
          vectors.read(dst).map((value, i) => add(value, mul(factors[i]!, reversed[i]!))),
        );
        return;
      }
      const blocks = dst.length / BLOCK;
      context.forBlocks("reversedMulAddN", blocks, REVERSED_NS, (from, count) => {
        const offset = from * BLOCK_BYTES;
        return [out.address + offset, x.address + offset, y.address + (blocks - from) * BLOCK_BYTES, count];
      });
    },
  };
}

function packPowers(base: bigint, count: number): Float64Array {
  const packed = new Float64Array(count * (PACKED_ELEMENT_BYTES / 8));
  let power = 1n;
  for (let i = 0; i < count; i++, power = mul(power, base)) {
    packed.set(encodeElement(power, R), i * (PACKED_ELEMENT_BYTES / 8));
  }
  return packed;
}

function packStates(length: number, inverse: boolean, shift: bigint, parts: readonly Range[]): Float64Array {
  const root = rootOfUnity(length, inverse);
  const [rootToBlock, shiftToBlock] = [pow(root, BLOCK), pow(shift, BLOCK)];
  const packed = new Float64Array((parts.length * STATE_BLOCKS * BLOCK_BYTES) / 8);
  parts.forEach(({ from }, part) => {
    const state = part * STATE_BLOCKS * BLOCK_BYTES;
    let start = mul(inverse ? inv(BigInt(length)) : 1n, pow(shift, from * BLOCK));
    let step = pow(root, from * BLOCK);
    for (let lane = 0; lane < BLOCK; lane++, start = mul(start, shift), step = mul(step, root)) {
      writeLane(packed, state, lane, start);
      writeLane(packed, state + BLOCK_BYTES, lane, step);
    }
    writeSplat(packed, state + 2 * BLOCK_BYTES, rootToBlock);
    writeSplat(packed, state + 3 * BLOCK_BYTES, shiftToBlock);
  });
  return packed;
}

function makeColumnTables(length: number, root: bigint): ColumnTables {
  const roots = packPowers(root, length / 2);
  const bits = Math.log2(length);
  const reversed = Int32Array.from({ length }, (_, i) => {
    let result = 0;
    for (let bit = 0; bit < bits; bit++) if (i & (1 << bit)) result |= 1 << (bits - 1 - bit);
    return result * BLOCK_BYTES;
  });
  return { roots, reversed };
}
