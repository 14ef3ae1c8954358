import { sizeOf } from "../../tensor.ts";
import { gatherMeaning, moving, withinAxes } from "../gathering.ts";
import { inputType, type Meaning, type NodeContext, type Operator, tensorInput } from "../operator.ts";
import { pickMeaning, positionOf } from "../positions.ts";
import { choiceBehind, emitRelabelled } from "./relabel.ts";

/** Elements of the last axis. */
export const arrayFeatureExtractor: Operator = {
  op: "ArrayFeatureExtractor",
  takes:
    "constant or computed indices; names of classes at the index of a choice, which become positions in a list that the artifact has",
  check: (context) => {
    const indices = context.constants[1];
    if (indices === undefined) return chosen(context);
    const x = inputType(context, 0);
    const n = x.shape[x.shape.length - 1];
    const picked = [...indices.data].map((index) => positionOf(context, index, n));
    const outer = x.shape.length === 1 ? [1] : x.shape.slice(0, -1);
    const positions = Int32Array.from(
      Array.from({ length: sizeOf(outer) }, (_, row) => picked.map((index) => row * n + index)).flat(),
    );
    return pickMeaning(
      { dtype: x.dtype, shape: [...outer, picked.length] },
      positions,
      ([input]) => input.data,
      (planner) => tensorInput(planner, 0),
    );
  },
};

/** An index that a classifier chooses becomes another number for each class; others are looked up. */
function chosen(context: NodeContext): Meaning {
  const x = inputType(context, 0);
  const n = x.shape[x.shape.length - 1];
  const outer = x.shape.length === 1 ? [1] : x.shape.slice(0, -1);
  const shape = [...outer, sizeOf(inputType(context, 1).shape)];
  const last = shape.length - 1;
  const list = context.constants[0];
  const gathered = gatherMeaning(context, {
    shape,
    indexShape: shape.map((length, i) => (i === last ? length : 1)),
    axes: [{ stride: 1, count: n }],
    starts: moving([withinAxes(shape, 0, last, n)]),
  });
  if (list === undefined || list.data.length !== n || list.data.some((value) => !Number.isInteger(value)))
    return gathered;
  return {
    ...gathered,
    plan: (planner) => {
      const { name } = tensorInput(planner, 1);
      const { data, names } = list;
      if (names === undefined && choiceBehind(planner, name) === undefined) return gathered.plan?.(planner);
      emitRelabelled(planner, name, planner.outputs[0], { encode: (i) => data[i], ...(names ? { names } : {}) });
    },
  };
}
