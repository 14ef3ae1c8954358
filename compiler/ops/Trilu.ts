import { tensor } from "../tensor.ts";
import { badShape, inputConstant, inputType, intAttribute, type Operator, tensorInput } from "./operator.ts";
import { emitLinear } from "./steps.ts";

/** The upper or lower triangle of the last two axes; the rest is 0. */
export const trilu: Operator = {
  op: "Trilu",
  takes: "constant diagonal",
  check: (context) => {
    const { node, types } = context;
    const x = inputType(context, 0);
    if (x.shape.length < 2) badShape(node, `the input [${x.shape}] has no rows and columns`);
    const isUpper = intAttribute(node, "upper", 1) !== 0;
    const k = types[1] === undefined ? 0 : inputConstant(context, 1, "the diagonal").data[0];
    const [rows, columns] = x.shape.slice(-2);
    const mask = Float64Array.from({ length: rows * columns }, (_, i) => {
      const offset = (i % columns) - Math.floor(i / columns);
      return (isUpper ? offset >= k : offset <= k) ? 1 : 0;
    });
    return {
      outputs: [x],
      float: ([{ data }]) => [
        tensor(
          x.shape,
          data.map((value, i) => (mask[i % mask.length] ? value : 0)),
          x.dtype,
        ),
      ],
      plan: (planner) => {
        const { name } = tensorInput(planner, 0);
        const shape = [...x.shape.slice(0, -2).map(() => 1), rows, columns];
        const part = { kind: "scale", x: name, shape, factors: mask } as const;
        emitLinear(planner, planner.outputs[0], { parts: [part] });
      },
    };
  },
};
