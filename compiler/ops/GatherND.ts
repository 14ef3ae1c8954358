import { sizeOf, stridesOf } from "../tensor.ts";
import { alongAxis, gatherMeaning, moving, withinAxes } from "./gathering.ts";
import { badShape, inputType, intAttribute, type Operator, tensorInput } from "./operator.ts";
import { pickMeaning, positionOf } from "./positions.ts";

export const gatherND: Operator = {
  op: "GatherND",
  takes: "constant or computed indices, batch axes",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const batchDims = intAttribute(node, "batch_dims", 0);
    const indexShape = inputType(context, 1).shape;
    const data = context.constants[1]?.data;
    const depth = indexShape[indexShape.length - 1];
    if (batchDims + depth > x.shape.length)
      badShape(node, `indices of ${depth} axes do not fit the shape [${x.shape}]`);
    const rest = x.shape.slice(batchDims + depth);
    const shape = [...indexShape.slice(0, -1), ...rest];
    const strides = stridesOf(x.shape);
    const tupleAxes = indexShape.length - 1;
    if (data === undefined) {
      return gatherMeaning(context, {
        shape,
        indexShape: shape.map((n, i) => (i < tupleAxes ? n : 1)),
        axes: Array.from({ length: depth }, (_, part) => {
          return { part, stride: strides[batchDims + part], count: x.shape[batchDims + part] };
        }),
        starts: moving([
          ...x.shape.slice(0, batchDims).map((_, i) => alongAxis(shape, i, strides[i])),
          withinAxes(shape, tupleAxes, shape.length, 1),
        ]),
      });
    }
    const [slab, tuples] = [sizeOf(rest), data.length / depth];
    const perBatch = tuples / sizeOf(indexShape.slice(0, batchDims));
    const batchStride = batchDims === 0 ? 0 : strides[batchDims - 1];
    const positions = new Int32Array(sizeOf(shape));
    for (let t = 0; t < tuples; t++) {
      let base = Math.floor(t / perBatch) * batchStride;
      for (let d = 0; d < depth; d++)
        base += positionOf(context, data[t * depth + d], x.shape[batchDims + d]) * strides[batchDims + d];
      for (let i = 0; i < slab; i++) positions[t * slab + i] = base + i;
    }
    const source = ([input]: readonly { data: Float64Array }[]) => input.data;
    return pickMeaning({ dtype: x.dtype, shape }, positions, source, (planner) => tensorInput(planner, 0));
  },
};
