/**
 * Kernels on sequences: batch inversion by running products, and division of a polynomial by X - z.
 *
 * Inputs are stored elements; running products and inverses are stored elements, quotients weakly reduced.
 */
import { advance, call, defineFunction, get, int, plus, repeat, retreat, scratch, times } from "./control.ts";
import { BLOCK, BLOCK_BYTES } from "./field.ts";
import { copyBlock } from "./gather.ts";
import type { ModuleText } from "./module.ts";

export function definePolynomial(module: ModuleText): void {
  defineInversion(module);
  defineDivision(module);
}

/**
 * productsN(v, running, count): running[i + 1] = running[i]·v[i], running[0] given.
 * invertN(v, running, inverse, count): with inverse = 1 / running[count], sets v[i] = 1 / v[i] from the last block down.
 */
function defineInversion(module: ModuleText): void {
  defineFunction(
    module,
    "productsN",
    { parameters: ["v", "running", "count"] },
    repeat(
      "count",
      call("mul", get("running"), get("v"), plus(get("running"), BLOCK_BYTES)),
      advance("v", BLOCK_BYTES),
      advance("running", BLOCK_BYTES),
    ),
  );
  defineFunction(
    module,
    "invertN",
    { parameters: ["v", "running", "inverse", "count"] },
    advance("v", times(get("count"), BLOCK_BYTES)),
    advance("running", times(get("count"), BLOCK_BYTES)),
    repeat(
      "count",
      retreat("v", BLOCK_BYTES),
      retreat("running", BLOCK_BYTES),
      call("mul", get("inverse"), get("running"), scratch(0)),
      call("mul", get("inverse"), get("v"), get("inverse")),
      copyBlock(scratch(0), get("v")),
    ),
  );
}

/**
 * divideN(v, chunkBytes, carry, z, count): eight chunks of `count` blocks each, chunk l at v + l·chunkBytes, lane l of `carry`
 * being what comes down into chunk l from above. From the top down, v[i] <- carry, carry <- v[i] + z·carry.
 *
 * Scratch, in blocks: 0..7 coefficients with chunks in lanes, then 8..16 carries: 8 + e is the carry out of coefficient e,
 * hence the quotient at coefficient e - 1.
 */
function defineDivision(module: ModuleText): void {
  const coefficient = (e: number): string => scratch(e * BLOCK_BYTES);
  const carry = (e: number): string => scratch((BLOCK + e) * BLOCK_BYTES);
  const steps = Array.from({ length: BLOCK }, (_, k) => {
    const e = BLOCK - 1 - k;
    return call("mulAdd", carry(e + 1), get("z"), coefficient(e), carry(e));
  });
  defineFunction(
    module,
    "divideN",
    { parameters: ["v", "chunkBytes", "carry", "z", "count"] },
    copyBlock(get("carry"), carry(0)),
    advance("v", times(get("count"), BLOCK_BYTES)),
    repeat(
      "count",
      retreat("v", BLOCK_BYTES),
      call("transpose", get("v"), get("chunkBytes"), coefficient(0), int(BLOCK_BYTES)),
      copyBlock(carry(0), carry(BLOCK)),
      ...steps,
      call("transpose", carry(1), int(BLOCK_BYTES), get("v"), get("chunkBytes")),
    ),
    copyBlock(carry(0), get("carry")),
  );
}
