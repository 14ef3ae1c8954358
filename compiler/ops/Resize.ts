import { requireElements } from "../limits.ts";
import { sizeOf, stridesOf, type Tensor, tensor } from "../tensor.ts";
import { type AxisMap, emitMapAxis, mapAxis } from "./contraction.ts";
import { axisWeights, COORDINATES, nearestSources, type ResizeMode } from "./interpolation.ts";
import {
  axisOf,
  badShape,
  floatAttribute,
  inputConstant,
  inputType,
  intAttribute,
  intsAttribute,
  type Meaning,
  type NodeContext,
  type Operator,
  type Planner,
  stringAttribute,
  tensorInput,
  unsupported,
} from "./operator.ts";
import { expanded, finish, type Named, picked, reshaped } from "./views.ts";

export interface Resizing {
  readonly scales: readonly number[];
  readonly shape: readonly number[];
}

/** Nearest, linear and cubic; sizes or scales known at compile time. */
export const resize: Operator = {
  op: "Resize",
  takes:
    "nearest, linear and cubic, every way to round and every coordinate rule but tf_crop_and_resize; no antialiasing",
  check: (context) => {
    const { node, opset } = context;
    if (intAttribute(node, "antialias", 0) !== 0)
      unsupported(node, "antialiasing is asked for", "export with antialias=0");
    const fallback = opset < 11 ? "asymmetric" : "half_pixel";
    const coordinates = stringAttribute(node, "coordinate_transformation_mode", fallback);
    if (!COORDINATES.includes(coordinates as (typeof COORDINATES)[number]))
      unsupported(node, `the coordinates ${coordinates} are not supported`, `use one of ${COORDINATES.join(", ")}`);
    return checkResize(context, readResizing(context), {
      mode: stringAttribute(node, "mode", "nearest"),
      coordinates,
      nearest: stringAttribute(node, "nearest_mode", opset < 11 ? "floor" : "round_prefer_floor"),
      cubicA: floatAttribute(node, "cubic_coeff_a", -0.75),
      excludesOutside: intAttribute(node, "exclude_outside", 0) !== 0,
    });
  },
};

function readResizing(context: NodeContext): Resizing {
  const { node, opset, types } = context;
  const { shape } = inputType(context, 0);
  const axes = (intsAttribute(node, "axes") ?? shape.map((_, axis) => axis)).map((axis) =>
    axisOf(node, axis, shape.length),
  );
  const list = (index: number, what: string): readonly number[] | undefined => {
    if (!types[index] || sizeOf(types[index].shape) === 0) return undefined;
    return [...inputConstant(context, index, what).data];
  };
  const sizes = opset < 11 ? undefined : list(3, "the list of sizes");
  const given = list(opset < 11 ? 1 : 2, "the list of scales") ?? sizes?.map((n, i) => n / shape[axes[i]]);
  if (given?.length !== axes.length) badShape(node, `${given?.length ?? 0} scales for ${axes.length} axes`);
  if (stringAttribute(node, "keep_aspect_ratio_policy", "stretch") !== "stretch")
    unsupported(node, "the aspect ratio is kept", "give the final sizes");
  const scales = shape.map(() => 1);
  const out = [...shape];
  axes.forEach((axis, i) => {
    scales[axis] = given[i];
    out[axis] = sizes?.[i] ?? Math.floor(shape[axis] * given[i]);
  });
  return { scales, shape: out };
}

export function checkResize(context: NodeContext, { scales, shape }: Resizing, mode: ResizeMode): Meaning {
  const { node } = context;
  requireElements(shape, "the output", node);
  const x = inputType(context, 0);
  if (shape.some((n) => !(n >= 1))) badShape(node, `the result has the shape [${shape}]`);
  if (mode.mode === "nearest") return checkNearest(context, { scales, shape }, mode);
  if (mode.mode !== "linear" && mode.mode !== "cubic")
    unsupported(node, `the mode ${mode.mode} is not supported`, "use nearest, linear or cubic");
  const maps = shape.flatMap((outN, axis): AxisMap[] => {
    const inN = x.shape[axis];
    return outN === inN && scales[axis] === 1
      ? []
      : [{ axis, outN, weights: axisWeights(inN, outN, scales[axis], mode) }];
  });
  return {
    outputs: [{ dtype: x.dtype, shape }],
    float: ([input]) => [maps.reduce(mapAxis, input)],
    plan: (planner) =>
      finish(
        planner,
        maps.reduce<Named>((named, map) => emitMapAxis(planner, named, map), tensorInput(planner, 0)),
      ),
  };
}

function checkNearest(context: NodeContext, { scales, shape }: Resizing, mode: ResizeMode): Meaning {
  const x = inputType(context, 0);
  const sources = shape.map((outN, axis) => nearestSources(x.shape[axis], outN, scales[axis], mode));
  const strides = stridesOf(x.shape);
  const outStrides = stridesOf(shape);
  const positions = Int32Array.from({ length: sizeOf(shape) }, (_, i) =>
    sources.reduce((sum, list, axis) => sum + list[Math.floor(i / outStrides[axis]) % shape[axis]] * strides[axis], 0),
  );
  return {
    outputs: [{ dtype: x.dtype, shape }],
    float: ([{ data }]: readonly Tensor[]) => [
      tensor(
        shape,
        Float64Array.from(positions, (position) => data[position]),
        x.dtype,
      ),
    ],
    plan: (planner) => {
      const repeats = shape.map((outN, axis) => outN / x.shape[axis]);
      const isRepeat = sources.every(
        (list, axis) =>
          Number.isInteger(repeats[axis]) && list.every((index, o) => index === Math.floor(o / repeats[axis])),
      );
      const source = tensorInput(planner, 0);
      finish(planner, isRepeat ? repeated(planner, source, repeats) : picked(planner, source, shape, positions));
    },
  };
}

/** Each element `repeats` times in a row along every axis. */
function repeated(planner: Planner, x: Named, repeats: readonly number[]): Named {
  const narrow = x.shape.flatMap((n) => [n, 1]);
  const wide = x.shape.flatMap((n, axis) => [n, repeats[axis]]);
  const shape = x.shape.map((n, axis) => n * repeats[axis]);
  return reshaped(planner, expanded(planner, reshaped(planner, x, narrow), wide), shape);
}
