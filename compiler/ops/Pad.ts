import { requireElements } from "../limits.ts";
import { sizeOf, type Tensor, tensor } from "../tensor.ts";
import {
  axisOf,
  badShape,
  badValue,
  floatAttribute,
  inputConstant,
  inputType,
  intsAttribute,
  type NodeContext,
  type Operator,
  type Planner,
  stringAttribute,
  tensorInput,
} from "./operator.ts";
import { emitLinear, scaled } from "./steps.ts";
import { expanded, finish, joined, type Named, sliced } from "./views.ts";

const MODES = ["constant", "reflect", "edge", "wrap"] as const;
type Mode = (typeof MODES)[number];

interface AxisPads {
  readonly before: number;
  readonly after: number;
}

/** Every mode; negative pads crop. A constant that is not 0 costs one row per element. */
export const pad: Operator = {
  op: "Pad",
  takes: "every mode, constant pads; a constant value that is not 0 costs a row per element",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const mode = stringAttribute(node, "mode", "constant") as Mode;
    if (!MODES.includes(mode)) badValue(node, `the mode ${mode} is unknown`, `use one of ${MODES.join(", ")}`);
    const pads = readPads(context, x.shape.length);
    const value = readValue(context);
    const shape = x.shape.map((n, axis) => n + pads[axis].before + pads[axis].after);
    if (shape.some((n) => n < 1)) badShape(node, `the pads leave the shape [${shape}]`);
    requireElements(shape, "the output", node);
    const sources = pads.map(({ before }, axis) => sourcesOf(mode, x.shape[axis], before, shape[axis]));
    if (mode !== "constant" && sources.some((list) => list.some((index) => index < 0)))
      badShape(node, `pads of mode ${mode} are longer than an axis of [${x.shape}] allows`);
    return {
      outputs: [{ dtype: x.dtype, shape }],
      float: ([input]) => [tensor(shape, padded(input, shape, sources, value), x.dtype)],
      plan: (planner) => {
        let result: Named = tensorInput(planner, 0);
        pads.forEach(({ before, after }, axis) => {
          if (before === 0 && after === 0) return;
          if (mode === "constant") result = sliced(planner, result, axis, -before, 1, shape[axis]);
          else {
            const parts = runsOf(sources[axis]).map((run) => runOf(planner, result, axis, run));
            result = joined(planner, parts, axis);
          }
        });
        if (mode !== "constant" || value === 0) return finish(planner, result);
        const ones = tensor(x.shape, new Float64Array(sizeOf(x.shape)).fill(1));
        const data = padded(ones, shape, sources, 0).map((isInside) => (isInside ? 0 : value));
        emitLinear(planner, planner.outputs[0], { parts: [scaled(result.name, 1)], bias: { shape, data } });
      },
    };
  },
};

function readPads(context: NodeContext, rank: number): AxisPads[] {
  const { node, opset, types } = context;
  const list = opset < 11 ? intsAttribute(node, "pads") : [...inputConstant(context, 1, "the list of pads").data];
  const axes =
    types[3] === undefined
      ? Array.from({ length: rank }, (_, axis) => axis)
      : [...inputConstant(context, 3, "the list of axes").data].map((axis) => axisOf(node, axis, rank));
  if (list?.length !== 2 * axes.length) badShape(node, `${list?.length ?? 0} pads for ${axes.length} axes`);
  const pads = Array.from({ length: rank }, (): AxisPads => ({ before: 0, after: 0 }));
  axes.forEach((axis, i) => {
    pads[axis] = { before: list[i], after: list[i + axes.length] };
  });
  return pads;
}

function readValue(context: NodeContext): number {
  const { node, opset, types } = context;
  if (opset < 11) return floatAttribute(node, "value", 0);
  return types[2] === undefined ? 0 : inputConstant(context, 2, "the value of the padding").data[0];
}

/** For each index of a padded axis, the index it reads; -1 for the constant, or where the mode has none. */
function sourcesOf(mode: Mode, n: number, before: number, outN: number): number[] {
  return Array.from({ length: outN }, (_, o) => {
    const i = o - before;
    if (i >= 0 && i < n) return i;
    if (mode === "edge") return i < 0 ? 0 : n - 1;
    if (mode === "wrap") return ((i % n) + n) % n;
    const mirrored = i < 0 ? -i : 2 * (n - 1) - i;
    return mode === "reflect" && mirrored >= 0 && mirrored < n ? mirrored : -1;
  });
}

interface Run {
  readonly start: number;
  step: number;
  count: number;
}

function runOf(planner: Planner, x: Named, axis: number, { start, step, count }: Run): Named {
  if (step !== 0) return sliced(planner, x, axis, start, step, count);
  const shape = x.shape.map((n, i) => (i === axis ? count : n));
  return expanded(planner, sliced(planner, x, axis, start, 1, 1), shape);
}

/** Evenly stepping runs, as few as a walk from the left finds. */
function runsOf(indices: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const index of indices) {
    const run = runs.at(-1);
    if (run?.count === 1) [run.step, run.count] = [index - run.start, 2];
    else if (run && index === run.start + run.step * run.count) run.count++;
    else runs.push({ start: index, step: 1, count: 1 });
  }
  return runs;
}

function padded(
  { shape: inShape, data }: Tensor,
  shape: readonly number[],
  sources: readonly (readonly number[])[],
  value: number,
): Float64Array {
  return Float64Array.from({ length: sizeOf(shape) }, (_, position) => {
    let [rest, offset, stride] = [position, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const source = sources[axis][rest % shape[axis]];
      if (source < 0) return value;
      offset += source * stride;
      stride *= inShape[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    return data[offset];
  });
}
