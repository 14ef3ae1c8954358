import { argMax } from "../steps/arg-max.ts";
import { sizeOf, tensor } from "../tensor.ts";
import { axisOf, inputType, intAttribute, type Operator, tensorInput } from "./operator.ts";
import { emitWithAxesLast } from "./rows.ts";
import { emitLinear, emitView, IS_ZERO, referenceOf, scaled } from "./steps.ts";

/** 1 at the first largest value, 0 elsewhere; until opset 12 all axes from `axis` on are one. */
export const hardmax: Operator = {
  op: "Hardmax",
  takes: "one axis; until opset 12 all axes from it on",
  check: (context) => {
    const { node, opset } = context;
    const x = inputType(context, 0);
    const axis = axisOf(node, intAttribute(node, "axis", opset < 13 ? 1 : -1), x.shape.length);
    const axes = opset < 13 ? [...x.shape.keys()].slice(axis) : [axis];
    const n = sizeOf(axes.map((item) => x.shape[item]));
    const inner = opset < 13 ? 1 : sizeOf(x.shape.slice(axis + 1));
    const choice = { axis: 1, lastOfEquals: false, ofSmallest: false };
    return {
      outputs: [x],
      float: ([input]) => {
        const best = argMax(input.data, [input.data.length / (n * inner), n, inner], choice);
        const data = input.data.map((_, i) => {
          const row = Math.floor(i / (n * inner)) * inner + (i % inner);
          return best[row] === Math.floor(i / inner) % n ? 1 : 0;
        });
        return [tensor(x.shape, data, x.dtype)];
      },
      plan: (planner) =>
        emitWithAxesLast(planner, tensorInput(planner, 0), planner.outputs[0], axes, (rows, output) => {
          const index = { name: planner.fresh(`${output.name} index`), shape: [1, rows.shape[1], 1] };
          const nodes = [referenceOf(planner)];
          planner.emit({
            kind: "argMax",
            x: rows.name,
            out: index.name,
            shape: index.shape,
            ...choice,
            axis: 2,
            nodes,
          });
          const wide = { name: planner.fresh(index.name), shape: rows.shape };
          emitView(planner, [index.name], wide, { name: "expand" });
          emitLinear(planner, output, {
            parts: [scaled(wide.name, 1)],
            bias: { shape: [n], data: Float64Array.from({ length: n }, (_, i) => -i) },
            activation: IS_ZERO,
          });
        }),
    };
  },
};
