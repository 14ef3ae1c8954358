/** Largest and smallest by max(a, b) = b + relu(a - b): the pooling step over windows of the whole axis. */
import type { Window } from "../program.ts";
import { forEachIndex, sizeOf, stridesOf, tensor } from "../tensor.ts";
import { inputType, type Meaning, type NodeContext, tensorInput } from "./operator.ts";
import { emitLinear, emitView, referenceOf, scaled } from "./steps.ts";

/** The largest (sign 1) or smallest (-1) over some axes. */
export function checkExtremum(
  context: NodeContext,
  axes: readonly number[],
  keepsAxes: boolean,
  sign: 1 | -1,
): Meaning {
  const x = inputType(context, 0);
  const kept = x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  const shape = keepsAxes ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  return {
    outputs: [{ dtype: x.dtype, shape }],
    float: ([input]) => {
      const out = new Float64Array(sizeOf(shape)).fill(Number.NEGATIVE_INFINITY);
      const strides = stridesOf(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
      forEachIndex(x.shape, strides, (position, offset) => {
        out[offset] = Math.max(out[offset], sign * input.data[position]);
      });
      return [
        tensor(
          shape,
          out.map((value) => sign * value),
          x.dtype,
        ),
      ];
    },
    plan: (planner) => {
      const rest = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
      const [outer, inner] = [rest, axes].map((list) => sizeOf(list.map((axis) => x.shape[axis])));
      let { name } = tensorInput(planner, 0);
      const step = (change: Parameters<typeof emitView>[3], to: readonly number[]): void => {
        const output = { name: planner.fresh(name), shape: to };
        emitView(planner, [name], output, change);
        name = output.name;
      };
      const negated = (to: readonly number[], output = { name: planner.fresh(name), shape: to }): void => {
        emitLinear(planner, output, { parts: [scaled(name, -1)] });
        name = output.name;
      };
      const permutation = [...rest, ...axes];
      step(
        { name: "transpose", permutation },
        permutation.map((axis) => x.shape[axis]),
      );
      step({ name: "reshape" }, [1, outer, inner]);
      if (sign < 0) negated([1, outer, inner]);
      const window: Window = { inputN: inner, outN: 1, kernel: inner, stride: 1, dilation: 1, pad: 0 };
      const pooled = { name: planner.fresh(name), shape: [1, outer, 1] };
      const nodes = [referenceOf(planner)];
      planner.emit({ kind: "maxPool", x: name, out: pooled.name, shape: pooled.shape, windows: [window], nodes });
      name = pooled.name;
      if (sign < 0) negated(pooled.shape);
      emitView(planner, [name], planner.outputs[0], { name: "reshape" });
    },
  };
}
