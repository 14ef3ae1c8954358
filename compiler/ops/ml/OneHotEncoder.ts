import { tensor } from "../../tensor.ts";
import { badValue, inputType, intsAttribute, type Operator, unsupported } from "../operator.ts";
import { emitLinear, IS_ZERO, scaled } from "../steps.ts";
import { expanded, reshaped } from "../views.ts";
import { wholeInput } from "./whole-input.ts";

/** A bit for every category, on a last axis of its own: y[.., k] = [x = category k]. */
export const oneHotEncoder: Operator = {
  op: "OneHotEncoder",
  takes: "whole numbers; other numbers than the categories give zeros",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const categories = intsAttribute(node, "cats_int64s");
    if (categories === undefined)
      unsupported(node, "the categories are names", "encode names as numbers before the model");
    if (categories.length === 0) badValue(node, "there are no categories", "export the model again");
    const shape = [...x.shape, categories.length];
    const bits = (value: number): number[] => categories.map((category) => (value === category ? 1 : 0));
    return {
      outputs: [{ dtype: "float32", shape }],
      float: ([input]) => [
        tensor(shape, Float64Array.from([...input.data].flatMap((value) => bits(Math.trunc(value))))),
      ],
      plan: (planner) => {
        const whole = wholeInput(planner);
        const wide = expanded(planner, reshaped(planner, whole, [...x.shape, 1]), shape);
        emitLinear(planner, planner.outputs[0], {
          parts: [scaled(wide.name, 1)],
          bias: { shape: [categories.length], data: Float64Array.from(categories, (category) => -category) },
          activation: IS_ZERO,
        });
      },
    };
  },
};
