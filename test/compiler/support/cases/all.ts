/** Every case whose outputs are real numbers. */
import { ARITHMETIC_CASES } from "./arithmetic.ts";
import { ATTENTION_CASES } from "./attention.ts";
import type { Case } from "./case.ts";
import { CLASSICAL_CASES } from "./classical.ts";
import { CONTROL_FLOW_CASES } from "./control-flow.ts";
import { CONV_CASES } from "./conv.ts";
import { DENSE_CASES } from "./dense.ts";
import { EINSUM_CASES } from "./einsum.ts";
import { ELEMENTWISE_CASES } from "./elementwise.ts";
import { FORM_CASES } from "./forms.ts";
import { FUNCTION_CASES } from "./functions.ts";
import { FUSED_CASES } from "./fused.ts";
import { INDEX_CASES } from "./indices.ts";
import { INLINED_CASES } from "./inlined.ts";
import { LAYOUT_CASES } from "./layout.ts";
import { LOGIC_CASES } from "./logic.ts";
import { NORMALIZATION_CASES } from "./normalization.ts";
import { PATTERN_CASES } from "./patterns.ts";
import { POOL_CASES } from "./pool.ts";
import { PRODUCT_CASES } from "./product.ts";
import { QUANTIZED_CASES } from "./quantized.ts";
import { QUANTIZED_DYNAMIC_CASES } from "./quantized-dynamic.ts";
import { RECURRENT_CASES } from "./recurrent.ts";
import { REDUCE_CASES } from "./reduce.ts";
import { RESIZE_CASES } from "./resize.ts";
import { SCATTER_CASES } from "./scatter.ts";
import { SHAPE_CASES } from "./shape.ts";
import { TREE_CASES } from "./trees.ts";

export const CASES: readonly Case[] = [
  ...DENSE_CASES,
  ...EINSUM_CASES,
  ...ELEMENTWISE_CASES,
  ...FORM_CASES,
  ...FUNCTION_CASES,
  ...FUSED_CASES,
  ...ARITHMETIC_CASES,
  ...ATTENTION_CASES,
  ...CONTROL_FLOW_CASES,
  ...CONV_CASES,
  ...INDEX_CASES,
  ...LOGIC_CASES,
  ...INLINED_CASES,
  ...LAYOUT_CASES,
  ...NORMALIZATION_CASES,
  ...PATTERN_CASES,
  ...POOL_CASES,
  ...PRODUCT_CASES,
  ...QUANTIZED_CASES,
  ...QUANTIZED_DYNAMIC_CASES,
  ...RECURRENT_CASES,
  ...REDUCE_CASES,
  ...RESIZE_CASES,
  ...SCATTER_CASES,
  ...SHAPE_CASES,
  ...TREE_CASES,
  ...CLASSICAL_CASES,
];
