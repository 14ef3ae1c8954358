import { sizeOf, stridesOf } from "../tensor.ts";
import { badShape, inputType, type Operator, tensorInput } from "./operator.ts";
import { positionOf } from "./positions.ts";
import { checkScatter, SCATTER_LIMITS } from "./scattering.ts";
import { reshaped, sliced } from "./views.ts";

export const scatterND: Operator = {
  op: "ScatterND",
  takes: SCATTER_LIMITS,
  check: (context) => {
    const { shape } = inputType(context, 0);
    const indexShape = inputType(context, 1).shape;
    const depth = indexShape[indexShape.length - 1];
    if (depth > shape.length) badShape(context.node, `indices of ${depth} axes do not fit the shape [${shape}]`);
    const count = sizeOf(indexShape.slice(0, -1));
    const [places, slab] = [sizeOf(shape.slice(0, depth)), sizeOf(shape.slice(depth))];
    const strides = stridesOf(shape);
    return checkScatter(context, {
      targets: (indices) =>
        Int32Array.from({ length: count * slab }, (_, i) => {
          const tuple = Math.floor(i / slab) * depth;
          let position = i % slab;
          for (let d = 0; d < depth; d++) position += positionOf(context, indices[tuple + d], shape[d]) * strides[d];
          return position;
        }),
      lanes: (planner, data, updates) => ({
        data: reshaped(planner, data, [1, places, slab]),
        updates: reshaped(planner, updates, [1, count, slab]),
        indices: Array.from({ length: depth }, (_, d) => {
          const component = sliced(planner, tensorInput(planner, 1), indexShape.length - 1, d, 1, 1);
          return { x: reshaped(planner, component, [1, count]), stride: strides[d] / slab, count: shape[d] };
        }),
      }),
      restore: (planner, result) => reshaped(planner, result, shape),
    });
  },
};
