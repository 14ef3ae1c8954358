import { broadcastShapes, broadcastTo, sameShape } from "../tensor.ts";
import { badShape, inputConstant, inputType, type Operator, tensorInput } from "./operator.ts";
import { emitActivation, emitLinear, paddedShape, RELU, scaled } from "./steps.ts";

/** One slope: LeakyRelu. Several: max(x, 0) + slope·min(x, 0). */
export const pRelu: Operator = {
  op: "PRelu",
  takes: "constant slopes",
  check: (context) => {
    const x = inputType(context, 0);
    const slope = inputConstant(context, 1, "the slope");
    const combined = broadcastShapes(x.shape, slope.shape);
    if (combined === undefined || !sameShape(combined, x.shape))
      badShape(context.node, `a slope of shape [${slope.shape}] does not broadcast to [${x.shape}]`);
    return {
      outputs: [x],
      float: ([input, slopes]) => {
        const factors = broadcastTo(slopes, x.shape);
        return [{ ...input, data: input.data.map((value, i) => (value < 0 ? factors[i] * value : value)) }];
      },
      plan: (planner) => {
        const [first] = slope.data;
        if (slope.data.every((value) => value === first)) {
          emitActivation(planner, { name: "leakyRelu", alpha: first });
          return;
        }
        const { name } = tensorInput(planner, 0);
        const above = { name: planner.fresh(name), shape: x.shape };
        const below = { name: planner.fresh(name), shape: x.shape };
        emitLinear(planner, above, { parts: [scaled(name, 1)], activation: RELU });
        emitLinear(planner, below, {
          parts: [scaled(name, 1)],
          activation: { name: "clip", lo: Number.NEGATIVE_INFINITY, hi: 0 },
        });
        const shape = paddedShape(slope.shape, x.shape.length);
        emitLinear(planner, planner.outputs[0], {
          parts: [scaled(above.name, 1), { kind: "scale", x: below.name, shape, factors: slope.data }],
        });
      },
    };
  },
};
