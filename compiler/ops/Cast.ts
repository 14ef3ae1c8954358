import { dataTypeOf } from "../1-read/tensor.ts";
import { type DataType, isFloat, type Tensor } from "../tensor.ts";
import { inputType, intAttribute, type Operator, unsupported } from "./operator.ts";
import { emitReshape } from "./steps.ts";

/** Between float types nothing changes; other casts are folded where their input is constant. */
export const cast: Operator = {
  op: "Cast",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const dtype = dataTypeOf(intAttribute(node, "to", 0));
    if (dtype === undefined)
      unsupported(node, `the cast is to element type ${intAttribute(node, "to", 0)}`, "cast to a float type");
    return {
      outputs: [{ dtype, shape: x.shape }],
      float: ([input]) => [castTensor(input, dtype)],
      plan: (planner) => {
        const isSame = isFloat(x.dtype) === isFloat(dtype) && (isFloat(dtype) || x.dtype.startsWith("int"));
        if (!isSame || dtype === "bool")
          unsupported(
            node,
            `values of the model are cast from ${x.dtype} to ${dtype}`,
            "keep tensors in one float type",
          );
        emitReshape(planner);
      },
    };
  },
};

function castTensor(input: Tensor, dtype: DataType): Tensor {
  if (isFloat(dtype)) return { ...input, dtype };
  if (dtype === "bool") return { ...input, dtype, data: input.data.map((value) => (value === 0 ? 0 : 1)) };
  return { ...input, dtype, data: input.data.map(Math.trunc) };
}
