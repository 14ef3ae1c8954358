import { forEachIndex, sizeOf, stridesOf } from "../tensor.ts";
import { axisOf, inputType, intAttribute, type Operator, tensorInput } from "./operator.ts";
import { positionOf } from "./positions.ts";
import { checkScatter, SCATTER_LIMITS } from "./scattering.ts";
import { joined, type Named, permuted, picked, reshaped, sliced } from "./views.ts";

export const scatterElements: Operator = {
  op: "ScatterElements",
  takes: SCATTER_LIMITS,
  check: (context) => {
    const { shape } = inputType(context, 0);
    const updateShape = inputType(context, 1).shape;
    const axis = axisOf(context.node, intAttribute(context.node, "axis", 0), shape.length);
    const strides = stridesOf(shape);
    const others = strides.map((stride, i) => (i === axis ? 0 : stride));
    const axisLast = [...shape.keys()].filter((i) => i !== axis).concat(axis);
    /** What lies beside updates: indices may be shorter than the data along other axes. */
    const reached = shape.map((n, i) => (i === axis ? n : updateShape[i]));
    const laneCount = sizeOf(updateShape) / updateShape[axis];
    return checkScatter(context, {
      targets: (indices) => {
        const targets = new Int32Array(indices.length);
        forEachIndex(updateShape, others, (i, offset) => {
          targets[i] = offset + positionOf(context, indices[i], shape[axis]) * strides[axis];
        });
        return targets;
      },
      lanes: (planner, data, updates) => {
        const inReach = reached.reduce<Named>((x, n, i) => sliced(planner, x, i, 0, 1, n), data);
        const laned = (x: Named, last: readonly number[]): Named =>
          reshaped(planner, permuted(planner, x, axisLast), [laneCount, x.shape[axis], ...last]);
        const x = laned(tensorInput(planner, 1), []);
        return {
          data: laned(inReach, [1]),
          updates: laned(updates, [1]),
          indices: [{ x, stride: 1, count: shape[axis] }],
        };
      },
      restore: (planner, result, data) => {
        const back = axisLast.map((_, i) => axisLast.indexOf(i));
        const written = permuted(
          planner,
          reshaped(
            planner,
            result,
            axisLast.map((i) => reached[i]),
          ),
          back,
        );
        if (sizeOf(reached) === sizeOf(shape)) return written;
        const flat = [data, written].map((x) => reshaped(planner, x, [sizeOf(x.shape)]));
        const positions = Int32Array.from({ length: sizeOf(shape) }, (_, i) => i);
        forEachIndex(reached, strides, (i, offset) => {
          positions[offset] = positions.length + i;
        });
        return picked(planner, joined(planner, flat, 0), shape, positions);
      },
    });
  },
};
