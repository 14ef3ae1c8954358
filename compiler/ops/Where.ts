import type { Part } from "../program.ts";
import { broadcastShapes, broadcastTo, tensor } from "../tensor.ts";
import { badShape, inputType, type Operator, type PlanInput, type Planner } from "./operator.ts";
import { addBiases, broadcasted, emitLinear, NO_BIAS, scaled } from "./steps.ts";

/** condition ? x : y. A constant condition selects by weights 0 and 1, one of the model by y + condition · (x - y). */
export const where: Operator = {
  op: "Where",
  takes: "any broadcast; constant or computed condition",
  check: (context) => {
    const [condition, x, y] = [0, 1, 2].map((index) => inputType(context, index));
    const shape = broadcastShapes(broadcastShapes(condition.shape, x.shape) ?? [-1], y.shape);
    if (shape === undefined)
      badShape(context.node, `shapes [${condition.shape}], [${x.shape}] and [${y.shape}] do not broadcast`);
    return {
      outputs: [{ dtype: x.dtype, shape }],
      float: (inputs) => {
        const [c, a, b] = inputs.map((input) => broadcastTo(input, shape));
        return [
          tensor(
            shape,
            a.map((value, i) => (c[i] !== 0 ? value : b[i])),
            x.dtype,
          ),
        ];
      },
      plan: planWhere,
    };
  },
};

function planWhere(planner: Planner): void {
  const [condition, x, y] = planner.inputs as readonly PlanInput[];
  const [output] = planner.outputs;
  if (condition.kind === "constant") {
    const chosen = broadcastTo(condition.tensor, output.shape);
    return emitSelected(planner, chosen, x, y);
  }
  const difference = { name: planner.fresh(`${output.name} difference`), shape: output.shape };
  const parts = [...partsOf(planner, x, 1), ...partsOf(planner, y, -1)];
  const bias = addBiases(biasOf(x, 1), biasOf(y, -1));
  const c = broadcasted(planner, condition, output.shape);
  if (parts.length === 0) {
    const factors = broadcastTo(bias, output.shape);
    const scale: Part = { kind: "scale", x: c, shape: output.shape, factors };
    return emitLinear(planner, output, { parts: [scale], bias: biasOf(y, 1) });
  }
  emitLinear(planner, difference, { parts, bias });
  emitLinear(planner, output, {
    parts: [{ kind: "product", x: c, y: difference.name, contracts: false, factor: 1 }, ...partsOf(planner, y, 1)],
    bias: biasOf(y, 1),
  });
}

/** Weights 1 where the tensor is chosen, 0 elsewhere; a constant that is minus infinity needs no 0 beside it. */
function emitSelected(planner: Planner, chosen: Float64Array, x: PlanInput, y: PlanInput): void {
  const [output] = planner.outputs;
  const parts: Part[] = [];
  const bias = new Float64Array(chosen.length);
  [x, y].forEach((input, side) => {
    const isChosen = (i: number): boolean => (chosen[i] !== 0) === (side === 0);
    if (input.kind === "constant") {
      broadcastTo(input.tensor, output.shape).forEach((value, i) => {
        if (isChosen(i)) bias[i] = value;
      });
      return;
    }
    const name = broadcasted(planner, input, output.shape);
    parts.push({ kind: "scale", x: name, shape: output.shape, factors: chosen.map((_, i) => (isChosen(i) ? 1 : 0)) });
  });
  emitLinear(planner, output, {
    parts: parts.map((part) => uniformBeside(part, bias)),
    bias: { shape: output.shape, data: bias },
  });
}

/** Below this a constant stands for minus infinity: what exporters write for it differs. */
const MINUS_INFINITY = -1e4;

function uniformBeside(part: Part, bias: Float64Array): Part {
  if (part.kind !== "scale" || part.factors.some((factor, i) => factor === 0 && bias[i] > MINUS_INFINITY)) return part;
  return scaled(part.x, 1);
}

function partsOf(planner: Planner, input: PlanInput, factor: number): Part[] {
  return input.kind === "tensor" ? [scaled(broadcasted(planner, input, planner.outputs[0].shape), factor)] : [];
}

function biasOf(input: PlanInput, factor: number): typeof NO_BIAS {
  if (input.kind === "tensor") return NO_BIAS;
  return { shape: input.shape, data: input.tensor.data.map((value) => factor * value) };
}
