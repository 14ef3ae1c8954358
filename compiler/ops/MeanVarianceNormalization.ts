import { gather, sizeOf, stridesOf, tensor } from "../tensor.ts";
import { emitNormalized, floatNormalized } from "./moments.ts";
import { axisOf, inputType, intsAttribute, type Operator, tensorInput } from "./operator.ts";
import { emitWithAxesLast } from "./rows.ts";

const EPSILON = 1e-9;

/** (x - mean) / sqrt(variance) over some axes. */
export const meanVarianceNormalization: Operator = {
  op: "MeanVarianceNormalization",
  takes: "any axes",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const axes = (intsAttribute(node, "axes") ?? [0, 2, 3]).map((axis) => axisOf(node, axis, x.shape.length));
    const permutation = [...x.shape.keys()].sort(
      (a, b) => Number(axes.includes(a)) - Number(axes.includes(b)) || a - b,
    );
    const shape = permutation.map((axis) => x.shape[axis]);
    const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
    const options = { epsilon: EPSILON, isCentred: true };
    return {
      outputs: [x],
      float: ([input]) => {
        const strides = stridesOf(x.shape);
        const rows = gather(
          input.data,
          shape,
          permutation.map((axis) => strides[axis]),
        );
        const out = floatNormalized(rows, sizeOf(axes.map((axis) => x.shape[axis])), options);
        const back = stridesOf(shape);
        return [
          tensor(
            x.shape,
            gather(
              out,
              x.shape,
              inverse.map((axis) => back[axis]),
            ),
            x.dtype,
          ),
        ];
      },
      plan: (planner) =>
        emitWithAxesLast(
          planner,
          tensorInput(planner, 0),
          planner.outputs[0],
          [...axes].sort((a, b) => a - b),
          (rows, output) => emitNormalized(planner, rows, output, options),
        ),
    };
  },
};
