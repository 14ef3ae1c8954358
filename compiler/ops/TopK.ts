import type { ContractPart } from "../program.ts";
import { rank } from "../steps/rank.ts";
import { sizeOf, tensor } from "../tensor.ts";
import { rangeOf } from "./counted-index.ts";
import {
  axisOf,
  badShape,
  inputConstant,
  inputType,
  intAttribute,
  type Operator,
  type Planner,
  tensorInput,
} from "./operator.ts";
import { rowsOf } from "./rows.ts";
import { emitLinear, emitView, IS_ZERO, referenceOf, scaled } from "./steps.ts";
import { expanded, type Named, permuted, reshaped } from "./views.ts";

/**
 * The value of rank r, for r from 0 to k - 1: index[r] = sum_i i·[rank of value i = r], and the values are looked up at the indices.
 * Ranks differ, so each is taken once. What is asked for unsorted comes sorted.
 */
export const topK: Operator = {
  op: "TopK",
  takes: "constant k, one axis, largest or smallest, sorted or not; at most 256 values to choose from",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const axis = axisOf(node, intAttribute(node, "axis", -1), x.shape.length);
    const k = context.opset < 10 ? intAttribute(node, "k", 0) : inputConstant(context, 1, "k").data[0];
    const n = x.shape[axis];
    if (!(k >= 1 && k <= n)) badShape(node, `k is ${k} on an axis of length ${n}`);
    const order = { axis, ofSmallest: intAttribute(node, "largest", 1) === 0 };
    const shape = x.shape.map((size, i) => (i === axis ? k : size));
    const inner = sizeOf(shape.slice(axis + 1));
    return {
      outputs: [
        { dtype: x.dtype, shape },
        { dtype: "int64", shape },
      ],
      float: ([input]) => {
        const values = new Float64Array(sizeOf(shape));
        const indices = new Float64Array(values.length);
        rank(input.data, x.shape, order).forEach((place, position) => {
          if (place >= k) return;
          const row = Math.floor(position / inner);
          const at = (Math.floor(row / n) * k + place) * inner + (position % inner);
          values[at] = input.data[position];
          indices[at] = row % n;
        });
        return [tensor(shape, values, x.dtype), tensor(shape, indices, "int64")];
      },
      plan: (planner) => emitTopK(planner, axis, k, order.ofSmallest),
    };
  },
};

function emitTopK(planner: Planner, axis: number, k: number, ofSmallest: boolean): void {
  const { rows, permutation, permuted: lastShape } = rowsOf(planner, tensorInput(planner, 0), [axis]);
  const [, count, n] = rows.shape;
  const ranks = { name: planner.fresh(`${rows.name} ranks`), shape: rows.shape };
  const nodes = [referenceOf(planner)];
  planner.emit({ kind: "rank", x: rows.name, out: ranks.name, shape: ranks.shape, axis: 2, ofSmallest, nodes });

  const wide = expanded(planner, reshaped(planner, ranks, [count, 1, n]), [count, k, n]);
  const chosen = { name: planner.fresh(`${rows.name} chosen`), shape: wide.shape };
  emitLinear(planner, chosen, {
    parts: [scaled(wide.name, 1)],
    bias: { shape: [k, 1], data: Float64Array.from({ length: k }, (_, place) => -place) },
    activation: IS_ZERO,
    indexRanges: [rangeOf(n)],
  });
  const indices = { name: planner.fresh(`${rows.name} indices`), shape: [count, k, 1] };
  const numbers = Float64Array.from({ length: n }, (_, i) => i);
  const part: ContractPart = { kind: "contract", x: chosen.name, axis: 2, inN: n, outN: 1, weights: numbers };
  emitLinear(planner, indices, { parts: [part], activation: { name: "integers", lo: 0, hi: n - 1 } });

  const values = { name: planner.fresh(`${rows.name} values`), shape: [count, k, 1] };
  planner.emit({
    kind: "gather",
    out: values.name,
    shape: values.shape,
    nodes,
    source: { kind: "tensor", x: rows.name },
    indices: [{ name: indices.name, stride: 1, count: n }],
    starts: count === 1 ? [] : [{ shape: [count, 1, 1], data: Float64Array.from({ length: count }, (_, i) => i * n) }],
  });

  const inverse = permutation.map((_, i) => permutation.indexOf(i));
  const shape = [...lastShape.slice(0, -1), k];
  [values, indices].forEach((result: Named, index) => {
    if (planner.outputs[index] === undefined || planner.outputs[index].name === "") return;
    const placed = permuted(planner, reshaped(planner, result, shape), inverse);
    emitView(planner, [placed.name], planner.outputs[index], { name: "reshape" });
  });
}
