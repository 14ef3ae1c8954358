/**
 * Number-theoretic transform of n = rows·columns elements in two passes over columns (Bailey's four-step method):
 *
 *     X[k1 + rows·k2] = sum_{n2} W^(n2 k2) [ w^(n2 k1) sum_{n1} V^(n1 k1) x[columns·n1 + n2] ],   V = w^columns, W = w^rows
 *
 * The eight lanes of a block are eight columns, so every butterfly works on whole blocks and a root is shared by all lanes.
 * A column of blocks is gathered in bit-reversed order into a work area, transformed there by decimation in time, and the
 * first pass scatters it transposed, which leaves the second pass with the same access and natural order at the end.
 *
 * Ranges: stored elements in; weakly reduced or, after plain butterflies, at most 1.22 r between layers; weakly reduced out.
 *
 * Source: D. H. Bailey, "FFTs in external or hierarchical memory", J. Supercomputing 4 (1990).
 */

import type { BlockContext } from "./block.ts";
import { arithmeticFunction, finishProduct, multiplyColumns, SHARED_STRIDE } from "./block.ts";
import type { Columns } from "./columns.ts";
import { addLimbs, addToColumn, createColumns, finishLimbs, weakReduce } from "./columns.ts";
import { advance, call, defineFunction, get, int, plus, repeat, scratch, set, threadIndex, times } from "./control.ts";
import { PACKED_ELEMENT_BYTES } from "./elementwise.ts";
import type { FieldConstants } from "./field.ts";
import { BLOCK, BLOCK_BYTES, LIMBS } from "./field.ts";
import { copyBlock } from "./gather.ts";
import type { ModuleText, Value } from "./module.ts";

const PASS_PARAMETERS = ["source", "target", "rows", "columnBlocks", "from", "count", "reversed", "roots", "works"];
/** `works` holds a work area of `rows` blocks for each thread. */
const setWork = set("work", plus(get("works"), times(threadIndex(), times(get("rows"), BLOCK_BYTES))));

export function defineTransform(module: ModuleText, field: FieldConstants): void {
  defineButterflies(module, field);
  defineLayers(module);
  defineColumnsIn(module, field);
  defineFirstPass(module);
  defineSecondPass(module);
}

/**
 * butterfly(u, v, root): u, v <- u + root·v, u - root·v; the root is one packed element, |root| <= r/2. One reduction serves both.
 * butterflyOne(u, v): the same for root 1.
 * Each in two forms. "Weak": |u|, |v| <= 1.22 in, 1/2 out. "Plain": |u|, |v| <= 1/2 in, 1.22 = 1/2 + (0.378/4 + 0.627) out.
 */
function defineButterflies(module: ModuleText, field: FieldConstants): void {
  for (const form of ["Weak", "Plain"] as const) {
    const finish = (context: BlockContext, results: readonly Columns[]): void => {
      const limbs = results.map((columns) => {
        if (form === "Weak") weakReduce(context.arithmetic, columns, "near");
        return finishLimbs(context.arithmetic, columns);
      });
      limbs[0]!.forEach((limb, j) => context.setLimb("u", j, limb));
      limbs[1]!.forEach((limb, j) => context.setLimb("v", j, limb));
    };
    const emit = (context: BlockContext): void => {
      const limb = (name: string, j: number): Value =>
        name === "root" ? context.sharedLimb(name, j) : context.limb(name, j);
      const sum = createColumns();
      multiplyColumns({ ...context, limb }, sum, "v", "root");
      const difference = negatedColumns(context, sum);
      for (const columns of [sum, difference]) {
        addLimbs(context.arithmetic, columns, [{ sign: 1, limb: (j) => context.limb("u", j) }]);
      }
      finish(context, [sum, difference]);
    };
    const emitOne = (context: BlockContext): void => {
      const results = ([1, -1] as const).map((sign) => {
        const columns = createColumns();
        addLimbs(context.arithmetic, columns, [
          { sign: 1, limb: (j) => context.limb("u", j) },
          { sign, limb: (j) => context.limb("v", j) },
        ]);
        return columns;
      });
      finish(context, results);
    };
    const halfStrides = { root: SHARED_STRIDE };
    arithmeticFunction(module, field, `butterfly${form}`, ["u", "v", "root"], emit, { halfStrides });
    arithmeticFunction(module, field, `butterflyOne${form}`, ["u", "v"], emitOne);
  }
}

function negatedColumns({ arithmetic }: BlockContext, columns: Columns): Columns {
  const negated = createColumns();
  for (let k = LIMBS; k < 2 * LIMBS; k++) {
    addToColumn(arithmetic, negated, k, arithmetic.code.op("i64x2.neg", columns.acc[k]!), -columns.offset[k]!);
  }
  return negated;
}

/**
 * layers(work, size, roots): decimation in time on `size` blocks in bit-reversed order; `roots` holds V^j for j < size/2 as packed
 * elements. Weak and plain butterflies alternate so that the last layer is weak; the first is, too, as its input is only stored.
 */
function defineLayers(module: ModuleText): void {
  for (const form of ["Weak", "Plain"] as const) defineLayer(module, form);
  const halfSize = `(i32.shr_u ${get("size")} (i32.const 1))`;
  const layersAfter = `(i32.sub (i32.ctz ${get("size")}) (i32.ctz ${get("half")}))`;
  const args = [get("work"), get("half"), `(i32.div_u ${halfSize} ${get("half")})`, get("roots")];
  defineFunction(
    module,
    "layers",
    { parameters: ["work", "size", "roots"], locals: ["half", "at", "pairs"] },
    set("at", get("work")),
    set("pairs", halfSize),
    repeat("pairs", call("butterflyOneWeak", get("at"), plus(get("at"), BLOCK_BYTES)), advance("at", 2 * BLOCK_BYTES)),
    set("half", int(2)),
    `(loop $layers (if (i32.lt_u ${get("half")} ${get("size")}) (then`,
    `(if (i32.and ${layersAfter} (i32.const 1)) (then ${call("layerWeak", ...args)}) (else ${call("layerPlain", ...args)}))`,
    set("half", `(i32.shl ${get("half")} (i32.const 1))`),
    "(br $layers))))",
  );
}

/** layer(work, half, groups, roots): butterflies between blocks `half` apart; consecutive ones use every groups-th root. */
function defineLayer(module: ModuleText, form: "Weak" | "Plain"): void {
  defineFunction(
    module,
    `layer${form}`,
    { parameters: ["work", "half", "groups", "roots"], locals: ["rootStep", "u", "v", "root", "left"] },
    set("rootStep", times(get("groups"), PACKED_ELEMENT_BYTES)),
    set("u", get("work")),
    repeat(
      "groups",
      set("v", plus(get("u"), times(get("half"), BLOCK_BYTES))),
      call(`butterflyOne${form}`, get("u"), get("v")),
      set("root", plus(get("roots"), get("rootStep"))),
      set("left", `(i32.sub ${get("half")} (i32.const 1))`),
      repeat(
        "left",
        advance("u", BLOCK_BYTES),
        advance("v", BLOCK_BYTES),
        call(`butterfly${form}`, get("u"), get("v"), get("root")),
        advance("root", get("rootStep")),
      ),
      set("u", plus(get("v"), BLOCK_BYTES)),
    ),
  );
}

/**
 * columnsIn(source, rowBytes, size, reversed, work): block reversed[i] of the work area <- block at row i; `reversed` in bytes.
 * scaledColumnsIn(..., factors): the same times packed element i of `factors`.
 */
function defineColumnsIn(module: ModuleText, field: FieldConstants): void {
  const halfStrides = { element: SHARED_STRIDE };
  const multiply = (context: BlockContext): void => {
    const limb = (name: string, j: number): Value =>
      name === "element" ? context.sharedLimb(name, j) : context.limb(name, j);
    const product = createColumns();
    multiplyColumns({ ...context, limb }, product, "a", "element");
    finishProduct(context, product, {});
  };
  arithmeticFunction(module, field, "mulShared", ["a", "element", "out"], multiply, { halfStrides });
  const parameters = ["source", "rowBytes", "size", "reversed", "work"];
  const from = [advance("source", get("rowBytes")), advance("reversed", 4)];
  const to = set("to", plus(get("work"), `(i32.load ${get("reversed")})`));
  defineFunction(
    module,
    "columnsIn",
    { parameters, locals: ["to"] },
    repeat("size", to, copyBlock(get("source"), get("to")), ...from),
  );
  const scaled = call("mulShared", get("source"), get("factors"), get("to"));
  defineFunction(
    module,
    "scaledColumnsIn",
    { parameters: [...parameters, "factors"], locals: ["to"] },
    repeat("size", to, scaled, ...from, advance("factors", PACKED_ELEMENT_BYTES)),
  );
}

/**
 * nttFirst(source, target, rows, columnBlocks, from, count, reversed, roots, works, state, factors): for column blocks
 * from <= c < from + count: transform, multiply row k1 by start·(w^(8c + lane))^k1, and write transposed (columns x rows) to target.
 * state: four blocks: start, step = w^(8·from + lane), w^8 in every lane, and what start is multiplied by from one column block to the
 * next; start and step are left at their next values. Rows are multiplied by `factors` first, unless that is 0.
 */
function defineFirstPass(module: ModuleText): void {
  const state = (k: number): string => plus(get("state"), k * BLOCK_BYTES);
  const [start, step, jump, startJump] = [state(0), state(1), state(2), state(3)];
  const rowBytes = times(get("columnBlocks"), BLOCK_BYTES);
  const columnOf = [get("source"), rowBytes, get("rows"), get("reversed"), get("work")];
  const targetRowBytes = times(`(i32.shr_u ${get("rows")} (i32.const 3))`, BLOCK_BYTES);
  defineFunction(
    module,
    "nttFirst",
    {
      parameters: [...PASS_PARAMETERS, "state", "factors"],
      locals: ["work", "left", "at", "to"],
    },
    setWork,
    advance("source", times(get("from"), BLOCK_BYTES)),
    advance("target", times(times(get("from"), BLOCK), targetRowBytes)),
    repeat(
      "count",
      `(if ${get("factors")} (then ${call("scaledColumnsIn", ...columnOf, get("factors"))}) (else ${call("columnsIn", ...columnOf)}))`,
      call("layers", get("work"), get("rows"), get("roots")),
      copyBlock(start, scratch(0)),
      set("at", get("work")),
      set("left", get("rows")),
      repeat(
        "left",
        call("mul", get("at"), scratch(0), get("at")),
        call("mul", scratch(0), step, scratch(0)),
        advance("at", BLOCK_BYTES),
      ),
      set("at", get("work")),
      set("to", get("target")),
      set("left", `(i32.shr_u ${get("rows")} (i32.const 3))`),
      repeat(
        "left",
        call("transpose", get("at"), int(BLOCK_BYTES), get("to"), targetRowBytes),
        advance("at", BLOCK * BLOCK_BYTES),
        advance("to", BLOCK_BYTES),
      ),
      call("mul", step, jump, step),
      `(if ${get("factors")} (then ${call("mul", start, startJump, start)}))`,
      advance("source", BLOCK_BYTES),
      advance("target", times(targetRowBytes, BLOCK)),
    ),
  );
}

/** nttSecond(source, target, rows, columnBlocks, from, count, reversed, roots, works): the transform of columns, in place order. */
function defineSecondPass(module: ModuleText): void {
  const rowBytes = times(get("columnBlocks"), BLOCK_BYTES);
  defineFunction(
    module,
    "nttSecond",
    {
      parameters: PASS_PARAMETERS,
      locals: ["work", "left", "at", "to"],
    },
    setWork,
    advance("source", times(get("from"), BLOCK_BYTES)),
    advance("target", times(get("from"), BLOCK_BYTES)),
    repeat(
      "count",
      call("columnsIn", get("source"), rowBytes, get("rows"), get("reversed"), get("work")),
      call("layers", get("work"), get("rows"), get("roots")),
      set("at", get("work")),
      set("to", get("target")),
      set("left", get("rows")),
      repeat("left", copyBlock(get("at"), get("to")), advance("at", BLOCK_BYTES), advance("to", rowBytes)),
      advance("source", BLOCK_BYTES),
      advance("target", BLOCK_BYTES),
    ),
  );
}
