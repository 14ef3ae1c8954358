/**
 * Kernels that move elements between lanes: gathered operands, reversed blocks, transposed squares of eight blocks.
 *
 * Inputs are stored elements; gatherMulAdd and reversedMulAdd write weakly reduced ones, the others copy.
 */
import { defineMultiply } from "./block.ts";
import { advance, call, defineFunction, get, int, plus, repeat, retreat, scratch, set, times } from "./control.ts";
import { INT_BLOCK_BYTES } from "./elementwise.ts";
import type { FieldConstants } from "./field.ts";
import { BLOCK, BLOCK_BYTES, LIMB_STRIDE, LIMBS } from "./field.ts";
import type { ModuleText } from "./module.ts";

export function defineGather(module: ModuleText, field: FieldConstants): void {
  defineGatherBlock(module);
  defineMultiply(module, field, "mulWeak", ["a", "b", "out"], "a", "b", { weak: "near" });
  defineGatherMulAdd(module);
  defineReverse(module);
  defineReversedMulAdd(module);
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

/** reverseBlock(source, out): lanes 7..0. */
function defineReverse(module: ModuleText): void {
  const body: string[] = [];
  for (let j = 0; j < LIMBS; j++) {
    const lane = (k: number): string => `offset=${LIMB_STRIDE * j + 8 * k}`;
    for (let k = BLOCK - 1; k > 0; k -= 2) {
      const high = `(v128.load64_zero ${lane(k)} ${get("source")})`;
      const both = `(v128.load64_lane ${lane(k - 1)} 1 ${get("source")} ${high})`;
      body.push(`(v128.store ${lane(BLOCK - 1 - k)} ${get("out")} ${both})`);
    }
  }
  defineFunction(module, "reverseBlock", { parameters: ["source", "out"] }, ...body);
}

/** reversedMulAddN(out, a, end, count): out += a·b, the blocks of b read from `end` downwards, each from its last lane. */
function defineReversedMulAdd(module: ModuleText): void {
  const reversed = scratch(0);
  defineFunction(
    module,
    "reversedMulAddN",
    { parameters: ["out", "a", "end", "count"] },
    repeat(
      "count",
      retreat("end", BLOCK_BYTES),
      call("reverseBlock", get("end"), reversed),
      call("mulAdd", get("a"), reversed, get("out"), get("out")),
      advance("out", BLOCK_BYTES),
      advance("a", BLOCK_BYTES),
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
