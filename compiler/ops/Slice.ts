import { applyView } from "../steps/view.ts";
import { sizeOf, type Tensor, tensor } from "../tensor.ts";
import {
  axisOf,
  badShape,
  inputConstant,
  inputType,
  intsAttribute,
  type NodeContext,
  type Operator,
  tensorInput,
} from "./operator.ts";
import { emitView } from "./steps.ts";

interface AxisSlice {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Starts, ends, axes and steps are attributes before operator set 10, constant inputs since. */
export const slice: Operator = {
  op: "Slice",
  takes: "constant bounds, steps of either sign; empty only of constants",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const slices = readSlices(context, x.shape);
    const shapes = slices.map((_, index) => shapeAfter(x.shape, slices.slice(0, index + 1)));
    const shape = shapeAfter(x.shape, slices);
    if (sizeOf(shape) === 0 && context.constants[0] === undefined) badShape(node, `the slice of [${x.shape}] is empty`);
    return {
      outputs: [{ dtype: x.dtype, shape }],
      float: ([input]) => {
        let current: Tensor = input;
        slices.forEach(({ axis, start, step }, index) => {
          current = tensor(
            shapes[index],
            applyView({ name: "slice", axis, start, step }, [current], shapes[index]),
            x.dtype,
          );
        });
        return [current];
      },
      plan: (planner) => {
        let { name } = tensorInput(planner, 0);
        if (slices.length === 0) emitView(planner, [name], planner.outputs[0], { name: "reshape" });
        slices.forEach(({ axis, start, step }, index) => {
          const isLast = index === slices.length - 1;
          const output = { name: isLast ? planner.outputs[0].name : planner.fresh(name), shape: shapes[index] };
          emitView(planner, [name], output, { name: "slice", axis, start, step });
          name = output.name;
        });
      },
    };
  },
};

function shapeAfter(shape: readonly number[], slices: readonly AxisSlice[]): number[] {
  return shape.map((n, axis) => slices.find((item) => item.axis === axis)?.count ?? n);
}

function readSlices(context: NodeContext, shape: readonly number[]): AxisSlice[] {
  const { node, opset, types } = context;
  const list = (index: number, name: string): readonly number[] | undefined => {
    if (opset < 10) return intsAttribute(node, name);
    return types[index] === undefined ? undefined : [...inputConstant(context, index, `the list of ${name}`).data];
  };
  const [starts, ends] = [list(1, "starts"), list(2, "ends")];
  if (starts === undefined || ends === undefined || starts.length !== ends.length)
    badShape(node, "starts and ends do not fit together");
  const axes = list(3, "axes") ?? starts.map((_, index) => index);
  const steps = list(4, "steps") ?? starts.map(() => 1);
  return starts.map((start, index) => {
    const axis = axisOf(node, axes[index], shape.length);
    const [n, step] = [shape[axis], steps[index]];
    if (step === 0) badShape(node, "a step is 0");
    const [from, to] = [position(start, n, step), position(ends[index], n, step)];
    return { axis, start: from, step, count: Math.max(0, Math.ceil((to - from) / step)) };
  });
}

/** A start or end, counted from the end when negative, limited to the axis. */
function position(index: number, n: number, step: number): number {
  const absolute = index < 0 ? index + n : index;
  return step > 0 ? Math.max(0, Math.min(n, absolute)) : Math.max(-1, Math.min(n - 1, absolute));
}
