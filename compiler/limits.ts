/** What a file may ask for, refused before anything of that size is made. All are far above what a circuit holds. */
import { CapacityError, ShapeError } from "./errors.ts";
import { sizeOf } from "./tensor.ts";

/** Elements of a constant that a node makes. */
const MAX_ELEMENTS = 2 ** 26;

/** Elements of an input, or of what a node makes of one: the rows of the largest circuit. */
const MAX_LIVE_ELEMENTS = 2 ** 24;

/** Nodes of a graph, functions and loops written out. */
export const MAX_NODES = 2 ** 16;

/** Cells that the windows of one channel visit. */
const MAX_WINDOW_CELLS = 2 ** 30;

/** What the error is about. */
interface Place {
  readonly name?: string;
  readonly op?: string;
}

/** Of an input, or of what a node makes of one. */
export function requireLiveElements(shape: readonly number[], what: string, place: Place = {}): void {
  requireElements(shape, what, place, MAX_LIVE_ELEMENTS);
}

/** Throws `ShapeError` for a length that is no whole number from 0, `CapacityError` for more elements than `most`. */
export function requireElements(
  shape: readonly number[],
  what: string,
  { name: node, op }: Place = {},
  most = MAX_ELEMENTS,
): void {
  if (shape.some((n) => !Number.isSafeInteger(n) || n < 0)) {
    throw new ShapeError({
      node,
      op,
      reason: `${what} has the shape [${shape}]`,
      expected: "whole numbers from 0",
      remedy: "check the model with onnx.checker and export it again",
    });
  }
  if (sizeOf(shape) <= most) return;
  throw new CapacityError({
    node,
    op,
    reason: `${what} of shape [${shape}] is too large`,
    expected: `at most ${most} elements`,
    got: `${sizeOf(shape)} elements`,
    remedy: "make the model's shapes smaller",
  });
}

/** Throws `CapacityError` when a graph would have more than `MAX_NODES`. */
export function requireNodes(count: number, { name: node, op }: Place = {}): void {
  if (count <= MAX_NODES) return;
  throw new CapacityError({
    node,
    op,
    reason: "the graph has too many nodes, functions and loops written out",
    expected: `at most ${MAX_NODES}`,
    got: `${count} or more`,
    remedy: "loop less often, call fewer functions, or split the model",
  });
}

/** Throws `CapacityError` when windows of these sizes at these many places visit more than `MAX_WINDOW_CELLS`. */
export function requireWindows(outputs: readonly number[], kernel: readonly number[], place: Place): void {
  requireElements(outputs, "the output", place);
  const cells = sizeOf(outputs) * sizeOf(kernel);
  if (cells <= MAX_WINDOW_CELLS) return;
  throw new CapacityError({
    node: place.name,
    op: place.op,
    reason: `a kernel of [${kernel}] at [${outputs}] places visits too many cells`,
    expected: `at most ${MAX_WINDOW_CELLS} for each channel`,
    got: `${cells}`,
    remedy: "use a smaller kernel or fewer pads",
  });
}
