import { dataTypeOf } from "../1-read/tensor.ts";
import { makesIndices } from "../program.ts";
import { type DataType, isFloat, type Tensor, type TensorType } from "../tensor.ts";
import {
  inputType,
  intAttribute,
  type Meaning,
  type Operator,
  type Planner,
  tensorInput,
  unsupported,
} from "./operator.ts";
import { emitActivation, emitLinear, emitReshape, IS_ZERO, scaled } from "./steps.ts";

/** To a wider type nothing changes; floats are truncated to integers, and any type is compared with 0 for bool. */
const TO_STRING = 8;

export const cast: Operator = {
  op: "Cast",
  takes: "between all types: floats are truncated to integers, bool is 0 or 1",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const to = intAttribute(node, "to", 0);
    // Names are positions in a list, and whole numbers name themselves.
    const dtype = to === TO_STRING && !isFloat(x.dtype) ? x.dtype : dataTypeOf(to);
    if (dtype === undefined) unsupported(node, `the cast is to element type ${to}`, "cast to a float type");
    return castMeaning(x, dtype);
  },
};

export function castMeaning(x: TensorType, dtype: DataType): Meaning {
  return {
    outputs: [{ dtype, shape: x.shape }],
    float: ([input]) => [castTensor(input, dtype)],
    plan: (planner) => {
      if (isFloat(dtype) || !isFloat(x.dtype)) {
        if (dtype === "bool" && x.dtype !== "bool") emitIsNotZero(planner);
        else emitReshape(planner);
      } else if (dtype === "bool") {
        emitIsNotZero(planner);
      } else if (isWhole(planner, tensorInput(planner, 0).name)) {
        emitReshape(planner);
      } else {
        emitActivation(planner, { name: "function", f: "truncate", a: 0, b: 0 });
      }
    },
  };
}

/** True of chosen classes and indices, also where a cast to floats stands between. */
function isWhole(planner: Planner, name: string): boolean {
  const step = planner.producer(name);
  if (step?.kind === "view") return step.inputs.every((input) => isWhole(planner, input));
  return makesIndices(step);
}

function emitIsNotZero(planner: Planner): void {
  const { name, shape } = tensorInput(planner, 0);
  const zero = { name: planner.fresh(name), shape };
  emitLinear(planner, zero, { parts: [scaled(name, 1)], activation: IS_ZERO });
  emitLinear(planner, planner.outputs[0], { parts: [scaled(zero.name, 1)], activation: IS_ZERO });
}

function castTensor(input: Tensor, dtype: DataType): Tensor {
  if (isFloat(dtype)) return { ...input, dtype };
  if (dtype === "bool") return { ...input, dtype, data: input.data.map((value) => (value === 0 ? 0 : 1)) };
  return { ...input, dtype, data: input.data.map(Math.trunc) };
}
