import { sizeOf, tensor } from "../../tensor.ts";
import { inputType, type Meaning, type NodeContext, type Operator, tensorInput, unsupported } from "../operator.ts";
import { pickMeaning, positionOf } from "../positions.ts";
import { emitRelabelled } from "./relabel.ts";

/** Elements of the last axis at constant indices; or of a constant list at the index that a classifier chooses. */
export const arrayFeatureExtractor: Operator = {
  op: "ArrayFeatureExtractor",
  takes: "constant indices; or a constant list of whole numbers at an index that the model chooses",
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

function chosen(context: NodeContext): Meaning {
  const { node, constants } = context;
  const list = constants[0];
  const index = inputType(context, 1);
  if (list === undefined || list.data.some((value) => !Number.isInteger(value)))
    unsupported(node, "the indices are computed", "pick at constant indices, or from a constant list of whole numbers");
  const shape = [1, sizeOf(index.shape)];
  return {
    outputs: [{ dtype: list.dtype, shape }],
    float: ([, x]) => [
      tensor(
        shape,
        x.data.map((i) => list.data[i]),
        list.dtype,
      ),
    ],
    plan: (planner) =>
      emitRelabelled(planner, tensorInput(planner, 1).name, planner.outputs[0], { encode: (i) => list.data[i] }),
  };
}
