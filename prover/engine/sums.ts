/** Sums over all elements, and sumcheck rounds. */
import { add, mod, mul, pow } from "../../core/field.ts";
import { checkLookup, checkPowerOfTwo, checkSame, checkScalar } from "../../kernels/checks.ts";
import { EVALUATION_TILE } from "../../kernels/emit/accumulate.ts";
import { INT_BLOCK_BYTES } from "../../kernels/emit/elementwise.ts";
import { BLOCK, BLOCK_BYTES, LIMBS } from "../../kernels/emit/field.ts";
import { LOOKUP_SUMS } from "../../kernels/emit/rounds.ts";
import type { Engine } from "../../kernels/engine.ts";
import type { Context, WasmFr } from "./context.ts";
import { copyLanes, readLane, sumLanes, writeLane, writeSplat } from "./context.ts";
import { DOT_INTS_NS, FOLD_NS, LOOKUP_NS, MAC_NS } from "./costs.ts";

type SumOperations = Pick<Engine, "dot" | "dotInts" | "fold" | "lookupRound" | "productRound" | "evaluate">;

export interface Evaluator {
  /** sum_i v[i] z^i of each piece of whole blocks. */
  evaluatePieces(pieces: readonly Piece[], powers: PowerTable): bigint[];
  /** Table of powers of z, on the vector stack, for pieces of at most `blocks` blocks. */
  powerTable(z: bigint, blocks: number): PowerTable;
}

export interface Piece {
  readonly address: number;
  readonly blocks: number;
}

export interface PowerTable {
  readonly z: bigint;
  /** EVALUATION_TILE blocks: z^(8 i) in every lane. */
  readonly address: number;
  /** z^(8·EVALUATION_TILE) in every lane. */
  readonly jump: number;
  /** z^lane */
  readonly lanes: number;
}

export function sumOperations(context: Context): SumOperations & Evaluator {
  const { memory } = context;

  /** Runs a summing kernel on ranges; `task` gets the address of `sums` zeroed blocks. Returns the lane sums of each. */
  function sumBlocks(
    kernel: string,
    blocks: number,
    ns: number,
    sums: number,
    task: (from: number, count: number, sums: number) => number[],
  ): bigint[] {
    if (blocks === 0) return new Array<bigint>(sums).fill(0n);
    const mark = memory.top();
    const ranges = context.ranges(blocks, ns);
    const bytes = ranges.length * sums * BLOCK_BYTES;
    const partial = memory.allocate(bytes);
    memory.clear(partial, bytes);
    const at = (part: number): number => partial + part * sums * BLOCK_BYTES;
    context.run(
      kernel,
      ranges.map(({ from, count }, part) => task(from, count, at(part))),
    );
    for (let part = 1; part < ranges.length; part++) context.call("addN", at(0), at(part), at(0), sums);
    const totals = Array.from({ length: sums }, (_, k) => sumLanes(memory.f64(), at(0) + k * BLOCK_BYTES));
    memory.release(mark);
    return totals;
  }

  /**
   * The two halves of each vector: as they stand when they begin on blocks, else copied apart, with zero behind their ends.
   * Zero lanes add nothing to sums of products.
   */
  function halves(vectors: readonly WasmFr[]): { addresses: [number, number][]; blocks: number } {
    const half = vectors[0]!.length / 2;
    if (half % BLOCK === 0) {
      const offset = (half / BLOCK) * BLOCK_BYTES;
      return { addresses: vectors.map((v) => [v.address, v.address + offset]), blocks: half / BLOCK };
    }
    const f64 = memory.f64();
    const addresses = vectors.map(({ address }, k): [number, number] => {
      const [low, high] = [context.block(2 * k), context.block(2 * k + 1)];
      copyLanes(f64, address, 0, low, half);
      copyLanes(f64, address, half, high, half);
      return [low, high];
    });
    return { addresses, blocks: 1 };
  }

  function powerTable(z: bigint, blocks: number): PowerTable {
    const length = Math.min(blocks, EVALUATION_TILE);
    const address = memory.allocate((length + 2) * BLOCK_BYTES);
    const jump = address + length * BLOCK_BYTES;
    const lanes = jump + BLOCK_BYTES;
    const f64 = memory.f64();
    let power = 1n;
    for (let lane = 0; lane < BLOCK; lane++, power = mul(power, z)) writeLane(f64, lanes, lane, power);
    writeSplat(f64, address, 1n);
    writeSplat(f64, jump, blocks > EVALUATION_TILE ? pow(power, EVALUATION_TILE) : 0n);
    if (length > 1) context.call("powersN", address, context.splat(0, power), length - 1);
    return { z, address, jump, lanes };
  }

  function evaluatePieces(pieces: readonly Piece[], { address: powers, jump, lanes }: PowerTable): bigint[] {
    const mark = memory.top();
    const sums = memory.allocate(pieces.length * BLOCK_BYTES);
    const sumOf = (k: number): number => sums + k * BLOCK_BYTES;
    const tasks = pieces.map(({ address, blocks }, k) => [address, powers, jump, sumOf(k), blocks]);
    const totalBlocks = pieces.reduce((total, { blocks }) => total + blocks, 0);
    if (context.ranges(totalBlocks, MAC_NS).length > 1) context.run("evaluateN", tasks);
    else for (const task of tasks) context.call("evaluateN", ...task);
    context.call("scaleN", sums, lanes, sums, pieces.length);
    const values = pieces.map((_, k) => sumLanes(memory.f64(), sumOf(k)));
    memory.release(mark);
    return values;
  }

  function evaluateWhole(address: number, blocks: number, table: PowerTable): bigint {
    const ranges = context.ranges(blocks, MAC_NS);
    const pieces = ranges.map(({ from, count }) => ({ address: address + from * BLOCK_BYTES, blocks: count }));
    const values = evaluatePieces(pieces, table);
    return values.reduce((sum, value, k) => add(sum, mul(pow(table.z, BLOCK * ranges[k]!.from), value)), 0n);
  }

  function hornerLanes(address: number, lanes: number, z: bigint): bigint {
    let value = 0n;
    for (let lane = lanes - 1; lane >= 0; lane--) value = add(readLane(memory.f64(), address, lane), mul(z, value));
    return value;
  }

  return {
    powerTable,
    evaluatePieces,

    dot(a, b) {
      const [x, y] = [context.fr(a), context.fr(b)];
      const length = Math.min(a.length, b.length);
      const blocks = Math.floor(length / BLOCK);
      const [whole] = sumBlocks("dotN", blocks, MAC_NS, 1, (from, count, sum) => {
        const offset = from * BLOCK_BYTES;
        return [x.address + offset, y.address + offset, sum, count];
      });
      const rest = length % BLOCK;
      if (rest === 0) return whole!;
      const offset = blocks * BLOCK_BYTES;
      const f64 = memory.f64();
      copyLanes(f64, x.address + offset, 0, context.block(0), rest);
      copyLanes(f64, y.address + offset, 0, context.block(1), rest);
      const [tail] = sumBlocks("dotN", 1, MAC_NS, 1, (_from, _count, sum) => [
        context.block(0),
        context.block(1),
        sum,
        1,
      ]);
      return add(whole!, tail!);
    },

    dotInts(a, ints) {
      const [x, y] = [context.fr(a), context.int(ints)];
      const length = Math.min(a.length, ints.length);
      const blocks = Math.floor(length / BLOCK);
      const [whole] = sumBlocks("dotIntsN", blocks, DOT_INTS_NS, 1, (from, count, sum) => {
        return [x.address + from * BLOCK_BYTES, y.address + from * INT_BLOCK_BYTES, sum, count];
      });
      const rest = length % BLOCK;
      if (rest === 0) return whole!;
      const [f64, i32] = [memory.f64(), memory.i32()];
      copyLanes(f64, x.address + blocks * BLOCK_BYTES, 0, context.block(0), rest);
      const integers = context.block(1);
      const source = (y.address + blocks * INT_BLOCK_BYTES) / 4;
      i32.copyWithin(integers / 4, source, source + BLOCK);
      i32.fill(0, integers / 4 + rest, integers / 4 + BLOCK);
      const [tail] = sumBlocks("dotIntsN", 1, DOT_INTS_NS, 1, (_from, _count, sum) => [
        context.block(0),
        integers,
        sum,
        1,
      ]);
      return add(whole!, tail!);
    },

    fold(v, r) {
      const vector = context.fr(v);
      checkPowerOfTwo("fold", v.length, 2);
      const challenge = context.splat(0, checkScalar(r, "fold: challenge"));
      const half = v.length / 2;
      const { addresses, blocks } = halves([vector]);
      const [low, high] = addresses[0]!;
      context.forBlocks("foldN", blocks, FOLD_NS, (from, count) => {
        const offset = from * BLOCK_BYTES;
        return [low + offset, high + offset, challenge, count];
      });
      if (low !== vector.address) {
        const f64 = memory.f64();
        for (let j = 0; j < LIMBS; j++) {
          f64.copyWithin(vector.address / 8 + BLOCK * j, low / 8 + BLOCK * j, low / 8 + BLOCK * j + half);
        }
      }
      const folded: WasmFr = { ...vector, length: half, ownsPadding: false };
      return folded;
    },

    productRound(left, right) {
      const [l, r] = [context.fr(left), context.fr(right)];
      checkSame("productRound", left, right);
      checkPowerOfTwo("productRound", left.length, 2);
      const { addresses, blocks } = halves([l, r]);
      const inputs = addresses.flat();
      const [atZero, top] = sumBlocks("productRoundN", blocks, 2 * MAC_NS, 2, (from, count, sums) => {
        return [...inputs.map((address) => address + from * BLOCK_BYTES), sums, sums + BLOCK_BYTES, count];
      });
      return [atZero!, top!];
    },

    lookupRound(arrays, eq) {
      const vectors = [arrays.phi1, arrays.phi2, arrays.phiT, arrays.h, arrays.m].map(context.fr);
      const weights = context.fr(eq);
      checkLookup(arrays, eq);
      const { addresses, blocks } = halves(vectors);
      let weightsAddress = weights.address;
      const half = vectors[0]!.length / 2;
      if (half < BLOCK) {
        weightsAddress = context.block(2 * vectors.length);
        copyLanes(memory.f64(), weights.address, 0, weightsAddress, half);
      }
      const inputs = [...addresses.flat(), weightsAddress];
      const totals = sumBlocks("lookupRoundN", blocks, LOOKUP_NS, LOOKUP_SUMS.length, (from, count, sums) => {
        return [...inputs.map((address) => address + from * BLOCK_BYTES), sums, count];
      });
      const [qp0, qpMinus1, qp2, qpInf, w0, w1, wInf] = totals as [
        bigint,
        bigint,
        bigint,
        bigint,
        bigint,
        bigint,
        bigint,
      ];
      const wMinus1 = 2n * w0 + 2n * wInf - w1;
      const w2 = 2n * w1 + 2n * wInf - w0;
      return [mod(qp0 - w0), mod(qpMinus1 - wMinus1), mod(qp2 - w2), qpInf];
    },

    evaluate(v, z) {
      const { address } = context.fr(v);
      checkScalar(z, "evaluate: point");
      const blocks = Math.floor(v.length / BLOCK);
      const rest = v.length % BLOCK;
      const mark = memory.top();
      const whole = blocks === 0 ? 0n : evaluateWhole(address, blocks, powerTable(z, blocks));
      memory.release(mark);
      if (rest === 0) return whole;
      const tail = hornerLanes(address + blocks * BLOCK_BYTES, rest, z);
      return mod(whole + tail * pow(z, BLOCK * blocks));
    },
  };
}
