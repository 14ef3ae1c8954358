/** The product along the last axis of a tensor [1, rows, n]. */
import type { Planner } from "./operator.ts";
import { emitLinear } from "./steps.ts";
import { joined, type Named, sliced } from "./views.ts";

/** The first half times the second, until one is left: [1, rows, 1]. */
export function rowProduct(planner: Planner, x: Named): Named {
  const [, rows, n] = x.shape;
  if (n === 1) return x;
  const half = Math.floor(n / 2);
  const [first, second] = [sliced(planner, x, 2, 0, 1, half), sliced(planner, x, 2, half, 1, half)];
  const product = { name: planner.fresh(x.name), shape: [1, rows, half] };
  emitLinear(planner, product, {
    parts: [{ kind: "product", x: first.name, y: second.name, contracts: false, factor: 1 }],
  });
  const odd = n % 2 === 1 ? [sliced(planner, x, 2, n - 1, 1, 1)] : [];
  return rowProduct(planner, joined(planner, [product, ...odd], 2));
}
