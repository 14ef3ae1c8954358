/**
 * Elements at indices that are computed: the gather step (`4-lower/gather.ts`), which looks each element up.
 *
 * Indices that may leave their axis are refused, since no proof would exist for them.
 */
import type { Bias, GatherIndex, GatherStep } from "../program.ts";
import { gatherAt } from "../steps/gather.ts";
import { broadcastTo, sizeOf, tensor } from "../tensor.ts";
import { countedFromStart } from "./counted-index.ts";
import { inputType, type Meaning, type NodeContext, type Planner, tensorInput } from "./operator.ts";
import { referenceOf } from "./steps.ts";
import { expanded, type Named, reshaped, sliced } from "./views.ts";

/** The indices of one axis of the source: component `part` of the last axis of the indices, or all of them. */
export interface IndexAxis {
  readonly part?: number;
  readonly stride: number;
  readonly count: number;
}

export interface Gathering {
  readonly shape: readonly number[];
  /** Shape of the indices (less the axis of components) that broadcasts to `shape`. */
  readonly indexShape: readonly number[];
  readonly axes: readonly IndexAxis[];
  /** What axes without indices add to the position in the source. */
  readonly starts: readonly Bias[];
}

/** Input 0 at the indices of input 1. */
export function gatherMeaning(context: NodeContext, { shape, indexShape, axes, starts }: Gathering): Meaning {
  const x = inputType(context, 0);
  const indexType = inputType(context, 1);
  const parts = axes.length === 1 && axes[0].part === undefined ? 1 : indexType.shape[indexType.shape.length - 1];
  const nameOf = (axis: number): string => `index ${axis}`;
  const stepOf = (names: readonly string[]): Pick<GatherStep, "indices" | "starts" | "shape" | "kind"> => ({
    kind: "gather",
    shape,
    indices: axes.map(({ stride, count }, i): GatherIndex => ({ name: names[i], stride, count })),
    starts,
  });
  return {
    outputs: [{ dtype: x.dtype, shape }],
    float: ([source, indices]) => {
      const step: GatherStep = {
        ...stepOf(axes.map((_, i) => nameOf(i))),
        out: context.node.outputs[0],
        nodes: [{ name: context.node.name, op: context.node.op }],
        source: { kind: "constants", values: source.data },
      };
      const data = (name: string): Float64Array => {
        const { part = 0, count } = axes[axes.findIndex((_, i) => nameOf(i) === name)];
        const own = indices.data.filter((_, i) => i % parts === part).map((i) => (i < 0 ? i + count : i));
        return broadcastTo({ shape: indexShape, data: own }, shape);
      };
      return [tensor(shape, gatherAt(step, data), x.dtype)];
    },
    plan: (planner) => {
      const source = planner.inputs[0];
      const all = tensorInput(planner, 1);
      const names = axes.map((axis) => indexView(planner, all, axis, indexShape, shape).name);
      planner.emit({
        ...stepOf(names),
        out: planner.outputs[0].name,
        nodes: [referenceOf(planner)],
        source:
          source?.kind === "constant"
            ? { kind: "constants", values: source.tensor.data }
            : { kind: "tensor", x: tensorInput(planner, 0).name },
      });
    },
  };
}

function indexView(
  planner: Planner,
  all: Named,
  { part, count }: IndexAxis,
  indexShape: readonly number[],
  shape: readonly number[],
): Named {
  const own = part === undefined ? all : sliced(planner, all, all.shape.length - 1, part, 1, 1);
  return expanded(planner, reshaped(planner, countedFromStart(planner, own, count), indexShape), shape);
}

/** index · stride along one axis of a result. */
export function alongAxis(shape: readonly number[], axis: number, stride: number): Bias {
  const n = shape[axis];
  return {
    shape: shape.map((_, i) => (i === axis ? n : 1)),
    data: Float64Array.from({ length: n }, (_, i) => i * stride),
  };
}

/** The row-major position within some axes of a result, times a stride. */
export function withinAxes(shape: readonly number[], from: number, end: number, stride: number): Bias {
  return {
    shape: shape.map((n, i) => (i >= from && i < end ? n : 1)),
    data: Float64Array.from({ length: sizeOf(shape.slice(from, end)) }, (_, i) => i * stride),
  };
}

/** Starts that are not all 0. */
export function moving(starts: readonly Bias[]): Bias[] {
  return starts.filter(({ data }) => data.some((value) => value !== 0));
}
