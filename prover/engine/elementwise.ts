/** Operations whose result element i depends on elements i alone, and chains of powers. */
import { mul, pow, R, sub } from "../../core/field.ts";
import {
  checkAddends,
  checkEqTable,
  checkIndices,
  checkMatrix,
  checkPeriod,
  checkSame,
  checkScalar,
} from "../../kernels/checks.ts";
import { ADDEND_BYTES, MAX_ADDENDS } from "../../kernels/emit/accumulate.ts";
import { INT_BLOCK_BYTES } from "../../kernels/emit/elementwise.ts";
import { BLOCK, BLOCK_BYTES, MONTGOMERY_BITS } from "../../kernels/emit/field.ts";
import type { Addend, Engine, FrVec } from "../../kernels/engine.ts";
import type { Context, WasmFr, WasmInts } from "./context.ts";
import { blocksOf, writeLane, writeSplat } from "./context.ts";
import { ADD_NS, GATHER_NS, LINEAR_BASE_NS, MAC_NS, MUL_NS, SCALE_INTS_NS } from "./costs.ts";
import { matrixProduct } from "./matrix.ts";
import { keepPadding } from "./padding.ts";

type ElementwiseOperations = Pick<
  Engine,
  "fromInts" | "add" | "sub" | "mul" | "mulPeriodic" | "linear" | "powers" | "eqTable" | "matVecInts" | "gatherMulAdd"
>;

/** Scales of integers carry one factor more: the reduction divides by it, and integers do not bring it. */
const MONTGOMERY_FACTOR = (1n << MONTGOMERY_BITS) % R;

export function elementwiseOperations(context: Context): ElementwiseOperations {
  const { memory } = context;

  function binary(what: string, kernel: string, ns: number) {
    return (dst: FrVec, a: FrVec, b: FrVec): void => {
      const [out, x, y] = [context.fr(dst), context.fr(a), context.fr(b)];
      checkSame(what, dst, a, b);
      keepPadding(context, out, () => {
        context.forBlocks(kernel, blocksOf(dst.length), ns, (from, count) => {
          const offset = from * BLOCK_BYTES;
          return [x.address + offset, y.address + offset, out.address + offset, count];
        });
      });
    };
  }

  /** out = constant + scale·ints */
  function scaleInts(out: WasmFr, ints: WasmInts, scale: bigint, constant: bigint): void {
    const [scaleBlock, constantBlock] = [context.splat(0, scale), context.splat(1, constant)];
    keepPadding(context, out, () => {
      context.forBlocks("scaleIntsN", blocksOf(out.length), SCALE_INTS_NS, (from, count) => {
        const source = ints.address + from * INT_BLOCK_BYTES;
        return [source, scaleBlock, constantBlock, out.address + from * BLOCK_BYTES, count];
      });
    });
  }

  /** out = constant + sum of at most MAX_ADDENDS addends */
  function combine(out: WasmFr, constant: bigint, addends: readonly Addend[]): void {
    const mark = memory.top();
    const scales = memory.allocate(addends.length * BLOCK_BYTES);
    const program = memory.allocate(addends.length * ADDEND_BYTES);
    let macs = 0;
    addends.forEach(({ scale, source }, k) => {
      const isElements = source.kind === "fr";
      if (isElements) macs++;
      const block = scales + k * BLOCK_BYTES;
      writeSplat(memory.f64(), block, isElements ? scale : mul(scale, MONTGOMERY_FACTOR));
      const entry = [context.addressOf(source), isElements ? BLOCK_BYTES : INT_BLOCK_BYTES, block, 0];
      memory.i32().set(entry, (program + k * ADDEND_BYTES) / 4);
    });
    const constantBlock = context.splat(0, constant);
    const ns = LINEAR_BASE_NS + MAC_NS * addends.length;
    keepPadding(context, out, () => {
      context.forBlocks("linearN", blocksOf(out.length), ns, (from, count) => {
        return [out.address, constantBlock, program, addends.length, macs, from, count];
      });
    });
    memory.release(mark);
  }

  return {
    fromInts(dst, ints) {
      const [out, source] = [context.fr(dst), context.int(ints)];
      checkSame("fromInts", dst, ints);
      scaleInts(out, source, 1n, 0n);
    },
    add: binary("add", "addN", ADD_NS),
    sub: binary("sub", "subN", ADD_NS),
    mul: binary("mul", "mulN", MUL_NS),

    mulPeriodic(dst, a, b) {
      const [out, x, y] = [context.fr(dst), context.fr(a), context.fr(b)];
      checkSame("mulPeriodic", dst, a);
      checkPeriod("mulPeriodic", dst.length, b.length);
      const mask = b.length / BLOCK - 1;
      context.forBlocks("mulPeriodicN", dst.length / BLOCK, MUL_NS, (from, count) => {
        const offset = from * BLOCK_BYTES;
        return [x.address + offset, y.address, out.address + offset, from, count, mask];
      });
    },

    linear(dst, constant, addends) {
      const out = context.fr(dst);
      checkScalar(constant, "linear: constant");
      checkAddends(dst, addends);
      for (const { source } of addends) context.addressOf(source);
      const [only] = addends;
      if (addends.length === 1 && only!.source.kind === "int") {
        scaleInts(out, context.int(only!.source), only!.scale, constant);
        return;
      }
      // Sources that are dst itself come first, before a later pass overwrites them.
      const isTarget = ({ source }: Addend): boolean =>
        source.kind === "fr" && context.fr(source).address === out.address;
      const ordered = [...addends.filter(isTarget), ...addends.filter((addend) => !isTarget(addend))];
      combine(out, constant, ordered.slice(0, MAX_ADDENDS));
      for (let at = MAX_ADDENDS; at < ordered.length; at += MAX_ADDENDS - 1) {
        combine(out, 0n, [{ scale: 1n, source: dst }, ...ordered.slice(at, at + MAX_ADDENDS - 1)]);
      }
    },

    powers(dst, base, scale = 1n) {
      const out = context.fr(dst);
      checkScalar(base, "powers: base");
      checkScalar(scale, "powers: scale");
      if (dst.length === 0) return;
      const step = context.splat(0, pow(base, BLOCK));
      keepPadding(context, out, () => {
        const f64 = memory.f64();
        const tasks = context.ranges(blocksOf(dst.length), MUL_NS).map(({ from, count }) => {
          const address = out.address + from * BLOCK_BYTES;
          let power = mul(scale, pow(base, from * BLOCK));
          for (let lane = 0; lane < BLOCK; lane++, power = mul(power, base)) writeLane(f64, address, lane, power);
          return [address, step, count - 1];
        });
        context.run("powersN", tasks);
      });
    },

    eqTable(dst, point, scale = 1n) {
      const out = context.fr(dst);
      checkEqTable(dst, point);
      for (const coordinate of point) checkScalar(coordinate, "eqTable: point");
      let table = [checkScalar(scale, "eqTable: scale")];
      for (const coordinate of point.slice(0, Math.log2(BLOCK))) {
        const high = table.map((value) => mul(value, coordinate));
        table = [...table.map((value, i) => sub(value, high[i]!)), ...high];
      }
      const f64 = memory.f64();
      table.forEach((value, lane) => {
        writeLane(f64, out.address, lane, value);
      });
      for (let k = Math.log2(BLOCK); k < point.length; k++) {
        const half = 2 ** k / BLOCK;
        const coordinate = context.splat(0, point[k]!);
        context.forBlocks("eqStepN", half, MUL_NS + ADD_NS, (from, count) => {
          const low = out.address + from * BLOCK_BYTES;
          return [low, low + half * BLOCK_BYTES, coordinate, count];
        });
      }
    },

    matVecInts(dst, coeffs, matrix, accumulate = false) {
      const [out, c, m] = [context.fr(dst), context.fr(coeffs), context.int(matrix)];
      checkMatrix(dst, coeffs, matrix);
      matrixProduct(context, out, c, m, accumulate);
    },

    gatherMulAdd(dst, a, ia, b, ib, scale) {
      const [out, left, right] = [context.fr(dst), context.fr(a), context.fr(b)];
      const [leftIndex, rightIndex] = [context.int(ia), context.int(ib)];
      checkSame("gatherMulAdd", dst, ia, ib);
      checkScalar(scale, "gatherMulAdd: scale");
      const i32 = memory.i32();
      const indices = (v: WasmInts): Int32Array => i32.subarray(v.address / 4, v.address / 4 + v.length);
      checkIndices("gatherMulAdd: ia", indices(leftIndex), a.length);
      checkIndices("gatherMulAdd: ib", indices(rightIndex), b.length);
      const mark = memory.top();
      const [ia8, ib8] = [wholeIndices(leftIndex), wholeIndices(rightIndex)];
      const scaled = scaleShorter(left, right, dst.length, scale);
      keepPadding(context, out, () => {
        context.forBlocks("gatherMulAddN", blocksOf(dst.length), GATHER_NS, (from, count) => {
          const [blockOffset, intOffset] = [from * BLOCK_BYTES, from * INT_BLOCK_BYTES];
          const [x, y] = [ia8 + intOffset, ib8 + intOffset];
          return [out.address + blockOffset, scaled.left, x, scaled.right, y, scaled.scaleBlock, count];
        });
      });
      memory.release(mark);
    },
  };

  /** Indices of a whole number of blocks: what lies behind the end of the vector could point anywhere. */
  function wholeIndices(v: WasmInts): number {
    const rest = v.length % BLOCK;
    if (rest === 0) return v.address;
    const padded = memory.allocate(blocksOf(v.length) * INT_BLOCK_BYTES);
    const i32 = memory.i32();
    i32.copyWithin(padded / 4, v.address / 4, v.address / 4 + v.length);
    i32.fill(-1, padded / 4 + v.length, padded / 4 + blocksOf(v.length) * BLOCK);
    return padded;
  }

  /** Multiplies the shorter operand by the scale beforehand when that is less work than scaling every product. */
  function scaleShorter(left: WasmFr, right: WasmFr, products: number, scale: bigint) {
    if (scale === 1n) return { left: left.address, right: right.address, scaleBlock: 0 };
    const scaleBlock = context.splat(0, scale);
    const shorter = left.length <= right.length ? left : right;
    if (shorter.length >= products) return { left: left.address, right: right.address, scaleBlock };
    const scaled = memory.allocate(blocksOf(shorter.length) * BLOCK_BYTES);
    context.forBlocks("scaleN", blocksOf(shorter.length), MUL_NS, (from, count) => {
      return [shorter.address + from * BLOCK_BYTES, scaleBlock, scaled + from * BLOCK_BYTES, count];
    });
    return shorter === left
      ? { left: scaled, right: right.address, scaleBlock: 0 }
      : { left: left.address, right: scaled, scaleBlock: 0 };
  }
}
