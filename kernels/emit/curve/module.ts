/** The curve module: everything the engine does with points of BN254 G1. */

import type { ProductMode } from "../module.ts";
import { createModule } from "../module.ts";
import { defineAddPairs } from "./add.ts";
import { bucketControl } from "./buckets.ts";
import { defineControl } from "./control.ts";
import { convertControl } from "./convert.ts";
import { defineScalarKernels, digitControl } from "./digits.ts";
import { defineFieldKernels } from "./field.ts";
import { defineGather } from "./gather.ts";
import { multiplesControl } from "./multiples.ts";
import { projectiveControl } from "./projective.ts";
import { defineTables, POOL } from "./tables.ts";
import { windowControl } from "./windows.ts";
import { defineWords } from "./words.ts";

export function curveModule(product: ProductMode): string {
  const module = createModule({ product, constants: POOL });
  const tables = defineTables(module);
  let results = defineFieldKernels(module, tables);
  defineGather(module);
  defineWords(module);
  defineScalarKernels(module);
  results = defineAddPairs(module, tables, results);
  const control = [projectiveControl, bucketControl, windowControl, digitControl, convertControl, multiplesControl];
  defineControl(module, control.map((text) => text(tables)).join("\n"), results);
  return module.text();
}
