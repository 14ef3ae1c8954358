/** The scalar module: vectors of elements of F_r. Its parts, in the order in which they call each other. */
import { R } from "../../core/field.ts";
import { SCALAR_CONSTANTS } from "../memory-map.ts";
import { defineAccumulation } from "./accumulate.ts";
import { defineElementwise } from "./elementwise.ts";
import { fieldConstants } from "./field.ts";
import { defineGather } from "./gather.ts";
import { defineMatrix } from "./matrix.ts";
import type { ProductMode } from "./module.ts";
import { createModule } from "./module.ts";
import { definePolynomial } from "./polynomial.ts";
import { defineRounds } from "./rounds.ts";
import { defineTransform } from "./transform.ts";

export function scalarModule(product: ProductMode): string {
  const module = createModule({ product, constants: SCALAR_CONSTANTS });
  const field = fieldConstants(R);
  defineElementwise(module, field);
  defineAccumulation(module, field);
  defineRounds(module, field);
  defineMatrix(module, field);
  defineGather(module, field);
  definePolynomial(module);
  defineTransform(module, field);
  return module.text();
}
