import { badShape, floatAttribute, floatsAttribute, inputType, type Operator, unsupported } from "../operator.ts";
import { emitReshape } from "../steps.ts";

/** Values in place of missing or infinite ones. An integer is neither: both are refused where inputs are quantized, so nothing changes. */
export const imputer: Operator = {
  op: "Imputer",
  takes: "in place of NaN or an infinity, which no input can be: nothing",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    if (Number.isFinite(floatAttribute(node, "replaced_value_float", Number.NaN)))
      unsupported(
        node,
        "a number stands for missing values",
        "impute outside the model, or mark missing values by NaN",
      );
    const { length } = floatsAttribute(node, "imputed_value_floats") ?? [];
    if (length !== 1 && length !== x.shape.at(-1)) badShape(node, `${length} values for ${x.shape.at(-1)} features`);
    return { outputs: [x], float: ([input]) => [input], plan: emitReshape };
  },
};
