/**
 * Kernels that move elements between lanes: gathered operands, reversed blocks, transposed squares of eight blocks.
 *
 * Inputs are stored elements; gatherMulAdd and laurent write weakly reduced ones, the others copy.
 */
import { arithmeticFunction, defineMultiply, finishProduct, multiplyTwoColumns } from "./block.ts";
import { createColumns } from "./columns.ts";
import { advance, call, defineFunction, get, int, minus, plus, repeat, scratch, set, times } from "./control.ts";
import { INT_BLOCK_BYTES, plusBlock } from "./elementwise.ts";
import type { FieldConstants } from "./field.ts";
import { BLOCK, BLOCK_BYTES, LIMB_STRIDE, LIMBS } from "./field.ts";
import type { ModuleText } from "./module.ts";

export function defineGather(module: ModuleText, field: FieldConstants): void {
  defineGatherBlock(module);
  defineMultiply(module, field, "mulWeak", ["a", "b", "out"], "a", "b", { weak: "near" });
  defineGatherMulAdd(module);
  defineReverse(module);
  arithmeticFunction(module, field, "mulTwoAdd", ["a", "b", "c", "d", "out"], (context) => {
    const columns = createColumns();
    multiplyTwoColumns(context, columns, ["a", "b"], ["c", "d"]);
    finishProduct(context, columns, { weak: "near", addends: [plusBlock("out")] });
  });
  defineLaurent(module);
  defineTranspose(module);
}

/** gatherBlock(base, indices, out): out[i] = base[indices[i]], zero for a negative index (address 0 holds zeros). */
function defineGatherBlock(module: ModuleText): void {
  const address = (local: string, offset: number): string[] => [
    set(local, `(i32.load offset=${offset} ${get("indices")})`),
    set(
      local,
      `(select ${int(0)} ${plus(plus(get("base"), times(`(i32.shr_u ${get(local)} (i32.const 3))`, BLOCK_BYTES)), `(i32.shl (i32.and ${get(local)} (i32.const 7)) (i32.const 3))`)} (i32.lt_s ${get(local)} (i32.const 0)))`,
    ),
  ];
  const body: string[] = [];
  for (let pair = 0; pair < BLOCK / 2; pair++) {
    body.push(...address("x", 8 * pair), ...address("y", 8 * pair + 4));
    for (let j = 0; j < LIMBS; j++) {
      const first = `(v128.load64_zero offset=${LIMB_STRIDE * j} ${get("x")})`;
      const both = `(v128.load64_lane offset=${LIMB_STRIDE * j} 1 ${get("y")} ${first})`;
      body.push(`(v128.store offset=${LIMB_STRIDE * j + 16 * pair} ${get("out")} ${both})`);
    }
  }
  defineFunction(module, "gatherBlock", { parameters: ["base", "indices", "out"], locals: ["x", "y"] }, ...body);
}

/** gatherMulAddN(out, a, ia, b, ib, scale, count): out += scale·a[ia]·b[ib]; scale 0 (no block) stands for one. */
function defineGatherMulAdd(module: ModuleText): void {
  const [left, right] = [scratch(0), scratch(BLOCK_BYTES)];
  defineFunction(
    module,
    "gatherMulAddN",
    { parameters: ["out", "a", "ia", "b", "ib", "scale", "count"] },
    repeat(
      "count",
      call("gatherBlock", get("a"), get("ia"), left),
      call("gatherBlock", get("b"), get("ib"), right),
      `(if ${get("scale")} (then`,
      call("mulWeak", left, right, left),
      call("mulAdd", left, get("scale"), get("out"), get("out")),
      ") (else",
      call("mulAdd", left, right, get("out"), get("out")),
      "))",
      advance("out", BLOCK_BYTES),
      advance("ia", INT_BLOCK_BYTES),
      advance("ib", INT_BLOCK_BYTES),
    ),
  );
}

/** reverseBlock(first, rest, out): lane 0 of `first`, then lanes 7..1 of `rest`. */
function defineReverse(module: ModuleText): void {
  const body: string[] = [];
  for (let j = 0; j < LIMBS; j++) {
    const row = LIMB_STRIDE * j;
    const lane = (block: string, k: number): string => `(v128.load64_zero offset=${row + 8 * k} ${get(block)})`;
    const pair = (low: string, block: string, k: number): string =>
      `(v128.load64_lane offset=${row + 8 * k} 1 ${get(block)} ${low})`;
    const pairs = [
      pair(lane("first", 0), "rest", 7),
      pair(lane("rest", 6), "rest", 5),
      pair(lane("rest", 4), "rest", 3),
      pair(lane("rest", 2), "rest", 1),
    ];
    pairs.forEach((value, k) => body.push(`(v128.store offset=${row + 16 * k} ${get("out")} ${value})`));
  }
  defineFunction(module, "reverseBlock", { parameters: ["first", "rest", "out"] }, ...body);
}

/**
 * laurentN(out, f, w, blocks, from, count): for blocks from <= i < from + count of a vector of `blocks` blocks,
 * out[k] += f[k]·w[-k] + f[-k]·w[k]. Block i of the reversed vector is lane 0 of block -i and the rest of block -i - 1.
 */
function defineLaurent(module: ModuleText): void {
  const [reversedF, reversedW] = [scratch(0), scratch(BLOCK_BYTES)];
  const at = (v: string, index: string): string => plus(get(v), times(index, BLOCK_BYTES));
  const wrapped = `(select ${int(0)} ${minus(get("blocks"), get("from"))} (i32.eqz ${get("from")}))`;
  const before = minus(minus(get("blocks"), get("from")), 1);
  defineFunction(
    module,
    "laurentN",
    { parameters: ["out", "f", "w", "blocks", "from", "count"] },
    repeat(
      "count",
      call("reverseBlock", at("f", wrapped), at("f", before), reversedF),
      call("reverseBlock", at("w", wrapped), at("w", before), reversedW),
      call("mulTwoAdd", at("f", get("from")), reversedW, reversedF, at("w", get("from")), at("out", get("from"))),
      advance("from", 1),
    ),
  );
}

/**
 * transpose(source, sourceStride, out, outStride): lane c of block r goes to lane r of block c, for eight blocks whose
 * addresses differ by the strides.
 */
function defineTranspose(module: ModuleText): void {
  const body: string[] = [];
  for (let r = 0; r < BLOCK; r += 2) {
    body.push(set("next", plus(get("source"), get("sourceStride"))), set("to", get("out")));
    for (let c = 0; c < BLOCK; c += 2) {
      body.push(set("after", plus(get("to"), get("outStride"))));
      for (let j = 0; j < LIMBS; j++) {
        const from = LIMB_STRIDE * j + 8 * c;
        const into = LIMB_STRIDE * j + 8 * r;
        body.push(`(local.set $x (v128.load offset=${from} ${get("source")}))`);
        body.push(`(local.set $y (v128.load offset=${from} ${get("next")}))`);
        body.push(`(v128.store offset=${into} ${get("to")} ${shuffle("0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23")})`);
        body.push(
          `(v128.store offset=${into} ${get("after")} ${shuffle("8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31")})`,
        );
      }
      body.push(set("to", plus(get("after"), get("outStride"))));
    }
    body.push(set("source", plus(get("next"), get("sourceStride"))));
  }
  defineFunction(
    module,
    "transpose",
    {
      parameters: ["source", "sourceStride", "out", "outStride"],
      locals: ["next", "to", "after"],
      vectors: ["x", "y"],
    },
    ...body,
  );
}

const shuffle = (lanes: string): string => `(i8x16.shuffle ${lanes} (local.get $x) (local.get $y))`;

/** copyBlock as text: source and target are expressions without side effects. */
export function copyBlock(source: string, target: string): string {
  return Array.from({ length: BLOCK_BYTES / 16 }, (_, k) => {
    return `(v128.store offset=${16 * k} ${target} (v128.load offset=${16 * k} ${source}))`;
  }).join("\n");
}
