import { inputConstant, inputType, type Operator, unsupported } from "./operator.ts";
import { checkReshape } from "./reshaping.ts";

/** Passes its input on outside training. */
export const dropout: Operator = {
  op: "Dropout",
  takes: "inference form: nothing",
  check: (context) => {
    const { node, types } = context;
    if (node.outputs[1]) unsupported(node, "the mask is an output", "export the model in inference mode");
    const isTraining = types[2] !== undefined && inputConstant(context, 2, "training_mode").data[0] !== 0;
    if (isTraining) unsupported(node, "the node is in training mode", "export the model in inference mode");
    return checkReshape(context, inputType(context, 0).shape);
  },
};
