/** Geometry that Conv and the pools share: kernel, strides, dilations, pads. */
import type { GraphNode } from "../graph.ts";
import { requireWindows } from "../limits.ts";
import type { Window } from "../program.ts";
import { badShape, intAttribute, intsAttribute, stringAttribute, unsupported } from "./operator.ts";

export interface WindowGeometry {
  readonly windows: readonly Window[];
  /** Cells of padding behind the input, by spatial axis. */
  readonly padEnd: readonly number[];
}

/** One window for each spatial axis of [N, C, spatial...]. */
export function readWindows(
  node: GraphNode,
  shape: readonly number[],
  kernel: readonly number[],
  allowCeil: boolean,
): WindowGeometry {
  const spatial = shape.slice(2);
  const rank = spatial.length;
  if (rank < 1 || rank > 2) {
    unsupported(node, `the input has ${rank} spatial axes`, "use one or two spatial axes");
  }
  const strides = attributeOf(node, "strides", rank);
  const dilations = attributeOf(node, "dilations", rank);
  if (kernel.length !== rank || [...kernel, ...strides, ...dilations].some((n) => !Number.isInteger(n) || n < 1)) {
    badShape(
      node,
      `kernel [${kernel}], strides [${strides}] and dilations [${dilations}] do not fit the input [${shape}]`,
    );
  }
  const isCeil = allowCeil && intAttribute(node, "ceil_mode", 0) !== 0;
  const padEnd: number[] = [];
  const windows = spatial.map((inputN, axis): Window => {
    const [stride, dilation] = [strides[axis], dilations[axis]];
    const extent = dilation * (kernel[axis] - 1) + 1;
    const [pad, end] = padsOf(node, axis, rank, inputN, extent, stride);
    const room = inputN + pad + end - extent;
    let outN = Math.floor(room / stride) + 1;
    if (isCeil) {
      outN = Math.ceil(room / stride) + 1;
      if ((outN - 1) * stride >= inputN + pad) outN--;
    }
    if (room < 0 || outN < 1)
      badShape(
        node,
        `a kernel of extent ${extent} does not fit an axis of ${inputN} cells with pads ${pad} and ${end}`,
      );
    padEnd.push(end);
    return { inputN, outN, kernel: kernel[axis], stride, dilation, pad };
  });
  const outputs = windows.map(({ outN }) => outN);
  requireWindows(outputs, kernel, node);
  return { windows, padEnd };
}

function attributeOf(node: GraphNode, name: string, rank: number): readonly number[] {
  const values = intsAttribute(node, name) ?? new Array<number>(rank).fill(1);
  if (values.length !== rank) badShape(node, `attribute ${name} has ${values.length} values for ${rank} axes`);
  return values;
}

function padsOf(
  node: GraphNode,
  axis: number,
  rank: number,
  inputN: number,
  extent: number,
  stride: number,
): readonly [number, number] {
  const mode = stringAttribute(node, "auto_pad", "NOTSET");
  if (mode === "SAME_UPPER" || mode === "SAME_LOWER") {
    const total = Math.max(0, (Math.ceil(inputN / stride) - 1) * stride + extent - inputN);
    const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)];
    return mode === "SAME_UPPER" ? [less, more] : [more, less];
  }
  if (mode === "VALID") return [0, 0];
  const pads = intsAttribute(node, "pads") ?? new Array<number>(2 * rank).fill(0);
  if (pads.length !== 2 * rank) badShape(node, `attribute pads has ${pads.length} values for ${rank} axes`);
  if (pads.some((pad) => pad < 0)) unsupported(node, "a pad is negative", "crop with Slice before the operator");
  return [pads[axis], pads[axis + rank]];
}

/** For every output: cells of its window inside [-pad, inputN + padEnd). */
export function paddedCounts(window: Window, padEnd: number): number[] {
  return Array.from({ length: window.outN }, (_, o) => {
    let count = 0;
    for (let k = 0; k < window.kernel; k++) {
      const i = window.stride * o + window.dilation * k - window.pad;
      if (i < window.inputN + padEnd) count++;
    }
    return count;
  });
}
