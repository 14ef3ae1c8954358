/**
 * Kernels on single blocks of 8 elements: multiply, square, add, multiply-accumulate.
 *
 * Parameters of the emitted functions are addresses of blocks, named by the caller. Ranges, in units of p:
 *
 *   operand of a product    a stored element (|x| <= 1.03, limbs <= 2^50), or the sum or difference of two stored elements;
 *                           in general |limb_i(a)·limb_j(b)| <= 2^102 for all i, j
 *   multiply, square        |x| <= 0.378·|a|·|b| + 0.627: 1.03 for stored operands, 0.83 when one is weakly reduced
 *   ... with addends        plus the addends; below 2.64 without `weak`
 *   ... with weak           "near": total below 2.5, result 1/2; "far": total below 2^12, result 1/2
 *   sum                     weakly reduced; up to two terms "near", else "far"
 */

import type { Arithmetic, Columns } from "./columns.ts";
import {
  addLimbs,
  addProduct,
  addProductPair,
  createArithmetic,
  createColumns,
  cutDigit,
  double,
  finishLimbs,
  lastStepTieCancels,
  reduceLast,
  weakReduce,
} from "./columns.ts";
import type { FieldConstants } from "./field.ts";
import { LIMB_STRIDE, LIMBS } from "./field.ts";
import type { BlockFunctionOptions, ModuleText, Value } from "./module.ts";
import { blockFunction } from "./module.ts";

/** A block parameter, or the sum or difference of two. */
export type Operand =
  | string
  | { readonly plus: readonly [string, string] }
  | { readonly minus: readonly [string, string] };

/** ± a block parameter. */
export interface Term {
  readonly sign: 1 | -1;
  readonly block: string;
}

export type WeakRange = "near" | "far";

export interface ProductOptions extends BlockFunctionOptions {
  /** Added to the product before the last carry. */
  readonly addends?: readonly Term[];
  readonly weak?: WeakRange;
  /** Name of the output parameter; it must be in `parameters`. Default "out". */
  readonly out?: string;
}

/** halfStrides of parameters that hold integers, and of those that hold one element for all lanes. */
export const INTEGERS_STRIDE = 16;
export const SHARED_STRIDE = 0;

export interface BlockContext {
  readonly arithmetic: Arithmetic;
  limb(block: string, j: number): Value;
  /** Limb j of one element stored as five consecutive f64, in every lane (SHARED_STRIDE). */
  sharedLimb(element: string, j: number): Value;
  /** Eight consecutive i32 as f64 (INTEGERS_STRIDE). */
  integers(pointer: string): Value;
  setLimb(block: string, j: number, value: Value): void;
}

/** A function on blocks whose body works limb by limb. */
export function arithmeticFunction(
  module: ModuleText,
  field: FieldConstants,
  name: string,
  parameters: readonly string[],
  emit: (context: BlockContext) => void,
  options: BlockFunctionOptions = {},
): void {
  if (!lastStepTieCancels(field)) throw new RangeError("the last reduction step does not cancel the digit -2^50");
  blockFunction(
    module,
    name,
    parameters,
    (code) => {
      emit({
        arithmetic: createArithmetic(code, field),
        limb: (block, j) => code.load(block, LIMB_STRIDE * j),
        sharedLimb: (element, j) => code.shared(`(v128.load64_splat offset=${8 * j} (local.get $${element}))`),
        integers: (pointer) =>
          code.each((lane) => {
            const pair = `(v128.load64_zero offset=${8 * lane} (local.get $${pointer}))`;
            return `(f64x2.convert_low_i32x4_s ${pair})`;
          }),
        setLimb: (block, j, value) => code.store(block, LIMB_STRIDE * j, value),
      });
    },
    options,
  );
}

/** out = a·b/R + addends */
export function defineMultiply(
  module: ModuleText,
  field: FieldConstants,
  name: string,
  parameters: readonly string[],
  a: Operand,
  b: Operand,
  options: ProductOptions = {},
): void {
  const emit = (context: BlockContext): void => {
    const columns = createColumns();
    multiplyColumns(context, columns, a, b);
    finishProduct(context, columns, options);
  };
  arithmeticFunction(module, field, name, parameters, emit, options);
}

/** out = a·a/R + addends for a stored element; ten products less than a multiplication. */
export function defineSquare(
  module: ModuleText,
  field: FieldConstants,
  name: string,
  parameters: readonly string[],
  a: string,
  options: ProductOptions = {},
): void {
  const emit = (context: BlockContext): void => {
    const columns = createColumns();
    squareColumns(context, columns, a);
    finishProduct(context, columns, options);
  };
  arithmeticFunction(module, field, name, parameters, emit, options);
}

/** out = sum of terms, weakly reduced. */
export function defineSum(
  module: ModuleText,
  field: FieldConstants,
  name: string,
  parameters: readonly string[],
  terms: readonly Term[],
  options: ProductOptions = {},
): void {
  const emit = (context: BlockContext): void => {
    const columns = createColumns();
    finishProduct(context, columns, { weak: terms.length <= 2 ? "near" : "far", ...options, addends: terms });
  };
  arithmeticFunction(module, field, name, parameters, emit, options);
}

/** Bytes of the accumulators of one block: ten columns of eight i64. */
export const ACCUMULATOR_BYTES = 2 * LIMBS * LIMB_STRIDE;

/**
 * Accumulators hold sum + calls·offset mod 2^64 in each column. A column grows by at most 2^53.9 per call on operands up to the
 * range above, and must stay below 2^62 minus carries.
 */
export const MAX_ACCUMULATED_CALLS = 128;

/** accumulator += a·b unreduced. Returns what one call adds to each column beside the products. */
export function defineMultiplyAccumulate(
  module: ModuleText,
  field: FieldConstants,
  name: string,
  parameters: readonly string[],
  a: Operand,
  b: Operand,
  accumulator = "accumulator",
): bigint[] {
  let offsets: bigint[] = [];
  const emit = (context: BlockContext): void => {
    const columns = createColumns();
    const store = (k: number): void => {
      const held = context.limb(accumulator, k);
      context.setLimb(accumulator, k, context.arithmetic.code.op("i64x2.add", held, columns.acc[k]!));
    };
    const [rows, cols] = [limbsOf(context, a), limbsOf(context, b)];
    for (let i = 0; i < LIMBS; i++) {
      const row = rows(i);
      for (let j = 0; j < LIMBS; j++) addProduct(context.arithmetic, columns, i + j, row, cols(j));
      store(i);
    }
    for (let k = LIMBS; k < 2 * LIMBS; k++) store(k);
    offsets = columns.offset.slice();
  };
  arithmeticFunction(module, field, name, parameters, emit);
  return offsets;
}

/** out = accumulator/R + addends, weakly reduced; the accumulator's offset must have been removed (see accumulate.ts). */
export function defineReduceAccumulator(
  module: ModuleText,
  field: FieldConstants,
  name: string,
  parameters: readonly string[],
  accumulator: string,
  options: ProductOptions = {},
): void {
  const emit = (context: BlockContext): void => {
    const columns = createColumns();
    for (let k = 0; k < 2 * LIMBS; k++) columns.acc[k] = context.limb(accumulator, k);
    reduceColumns(context.arithmetic, columns);
    finishProduct(context, columns, { weak: "far", ...options });
  };
  arithmeticFunction(module, field, name, parameters, emit);
}

/** Reader of the limbs of an operand. Single blocks are loaded at each use; sums are computed once. */
function limbsOf(context: BlockContext, operand: Operand): (j: number) => Value {
  const { arithmetic, limb } = context;
  const reload = typeof operand === "string" && arithmetic.code.product === "fused";
  const known: Value[] = [];
  const compute = (j: number): Value => {
    if (typeof operand === "string") return limb(operand, j);
    const [op, [x, y]] =
      "plus" in operand ? (["f64x2.add", operand.plus] as const) : (["f64x2.sub", operand.minus] as const);
    return arithmetic.code.op(op, limb(x, j), limb(y, j));
  };
  return (j) => {
    const value = known[j] ?? compute(j);
    if (!reload) known[j] = value;
    return value;
  };
}

/** Columns 5..9 of a·b/R; rows of products alternate with reduction steps. */
export function multiplyColumns(context: BlockContext, columns: Columns, a: Operand, b: Operand): void {
  const { arithmetic } = context;
  const [rows, cols] = [limbsOf(context, a), limbsOf(context, b)];
  const step = arithmetic.field.stepLimbs;
  // Sharing one high part needs |a_i·b_j| + |digit·P'_j| < 2^102, which two operands that are both sums would break.
  const paired = typeof a === "string" || typeof b === "string";
  let digit: Value | null = null;
  for (let i = 0; i < LIMBS; i++) {
    const row = rows(i);
    for (let j = 0; j < LIMBS; j++) {
      if (digit === null) addProduct(arithmetic, columns, i + j, row, cols(j));
      else if (paired) addProductPair(arithmetic, columns, i + j, row, cols(j), digit, double(arithmetic, step[j]!));
      else {
        addProduct(arithmetic, columns, i + j, digit, double(arithmetic, step[j]!));
        addProduct(arithmetic, columns, i + j, row, cols(j));
      }
    }
    digit = cutDigit(arithmetic, columns, i);
  }
  reduceLast(arithmetic, columns, digit!);
}

/** Columns 5..9 of (a·b + c·d)/R, blocks of stored elements: |x| <= 0.378·(|a·b| + |c·d|) + 0.627. */
export function multiplyTwoColumns(
  context: BlockContext,
  columns: Columns,
  [a, b]: readonly [string, string],
  [c, d]: readonly [string, string],
): void {
  const { arithmetic } = context;
  const step = arithmetic.field.stepLimbs;
  const [rowsA, rowsC] = [limbsOf(context, a), limbsOf(context, c)];
  const [colsB, colsD] = [limbsOf(context, b), limbsOf(context, d)];
  let digit: Value | null = null;
  for (let i = 0; i < LIMBS; i++) {
    const [rowA, rowC] = [rowsA(i), rowsC(i)];
    for (let j = 0; j < LIMBS; j++) {
      if (digit !== null) addProduct(arithmetic, columns, i + j, digit, double(arithmetic, step[j]!));
      addProductPair(arithmetic, columns, i + j, rowA, colsB(j), rowC, colsD(j));
    }
    digit = cutDigit(arithmetic, columns, i);
  }
  reduceLast(arithmetic, columns, digit!);
}

function squareColumns(context: BlockContext, columns: Columns, a: string): void {
  const { arithmetic } = context;
  const rows = limbsOf(context, a);
  const limbs = Array.from({ length: LIMBS }, (_, j) => rows(j));
  const doubled = limbs.map((limb) => arithmetic.code.op("f64x2.add", limb, limb));
  const addColumn = (k: number): void => {
    for (let i = Math.max(0, k - LIMBS + 1); 2 * i <= k; i++) {
      const left = 2 * i === k ? limbs[i]! : doubled[i]!;
      addProduct(arithmetic, columns, k, left, limbs[k - i]!);
    }
  };
  for (let i = 0; i < LIMBS; i++) {
    addColumn(i);
    const digit = cutDigit(arithmetic, columns, i);
    if (i + LIMBS < 2 * LIMBS - 1) addColumn(i + LIMBS);
    if (i < LIMBS - 1) addStep(arithmetic, columns, i, digit);
    else reduceLast(arithmetic, columns, digit);
  }
}

function addStep(arithmetic: Arithmetic, columns: Columns, i: number, digit: Value): void {
  arithmetic.field.stepLimbs.forEach((limb, j) =>
    addProduct(arithmetic, columns, i + 1 + j, digit, double(arithmetic, limb)),
  );
}

/** Reduces ten full columns to columns 5..9. */
function reduceColumns(arithmetic: Arithmetic, columns: Columns): void {
  for (let i = 0; i < LIMBS - 1; i++) addStep(arithmetic, columns, i, cutDigit(arithmetic, columns, i));
  reduceLast(arithmetic, columns, cutDigit(arithmetic, columns, LIMBS - 1));
}

/** Addends, weak reduction, carries, store. */
export function finishProduct(context: BlockContext, columns: Columns, options: ProductOptions): void {
  const { arithmetic } = context;
  const terms = (options.addends ?? []).map(({ sign, block }) => ({
    sign,
    limb: (j: number) => context.limb(block, j),
  }));
  addLimbs(arithmetic, columns, terms);
  if (options.weak) weakReduce(arithmetic, columns, options.weak);
  finishLimbs(arithmetic, columns).forEach((limb, j) => context.setLimb(options.out ?? "out", j, limb));
}
