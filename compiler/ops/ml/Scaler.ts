import { tensor } from "../../tensor.ts";
import { badValue, floatsAttribute, inputType, type Operator, tensorInput } from "../operator.ts";
import { emitLinear } from "../steps.ts";

/** (x - offset) · scale, feature by feature. */
export const scaler: Operator = {
  op: "Scaler",
  takes: "as ONNX defines it",
  check: (context) => {
    const { node } = context;
    const { shape } = inputType(context, 0);
    const features = shape[shape.length - 1];
    const list = (name: string, fallback: number): Float64Array => {
      const values = floatsAttribute(node, name) ?? [fallback];
      if (values.length !== 1 && values.length !== features)
        badValue(node, `${values.length} values of ${name} for ${features} features`, "export the model again");
      return Float64Array.from({ length: features }, (_, i) => values[values.length === 1 ? 0 : i]);
    };
    const [offset, scale] = [list("offset", 0), list("scale", 1)];
    return {
      outputs: [{ dtype: "float32", shape }],
      float: ([x]) => [
        tensor(
          shape,
          x.data.map((value, i) => (value - offset[i % features]) * scale[i % features]),
        ),
      ],
      plan: (planner) => {
        const { name } = tensorInput(planner, 0);
        emitLinear(planner, planner.outputs[0], {
          parts: [{ kind: "scale", x: name, shape: [features], factors: scale }],
          bias: { shape: [features], data: scale.map((factor, i) => -factor * offset[i]) },
        });
      },
    };
  },
};
