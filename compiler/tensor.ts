/** Tensors of the float side: row-major, every element type held as doubles. */
export type DataType =
  | "float32"
  | "float64"
  | "float16"
  | "int64"
  | "int32"
  | "int16"
  | "int8"
  | "uint8"
  | "uint16"
  | "bool";

export interface TensorType {
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

export interface Tensor extends TensorType {
  readonly data: Float64Array;
  /** What the elements, positions in this list, are names of. */
  readonly names?: readonly string[];
}

export function isFloat(dtype: DataType): boolean {
  return dtype === "float32" || dtype === "float64" || dtype === "float16";
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, n) => size * n, 1);
}

/** Distance between neighbours along each axis of a row-major tensor. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

export function tensor(shape: readonly number[], data: Float64Array, dtype: DataType = "float32"): Tensor {
  return { dtype, shape, data };
}

export function int64(shape: readonly number[], values: readonly number[]): Tensor {
  return { dtype: "int64", shape, data: Float64Array.from(values) };
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** Numpy broadcasting of two shapes; undefined where they do not fit. */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const m = a[axis - rank + a.length] ?? 1;
    const n = b[axis - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) return undefined;
    shape.push(m === 1 ? n : m);
  }
  return shape;
}

/** Strides to read a tensor of `shape` as `target`: 0 along broadcast axes. */
export function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const strides = stridesOf(shape);
  return target.map((_, axis) => {
    const own = axis - target.length + shape.length;
    return own < 0 || shape[own] === 1 ? 0 : strides[own];
  });
}

/** Calls visit(position in row-major order, offset by strides) for every index of a shape. */
export function forEachIndex(
  shape: readonly number[],
  strides: readonly number[],
  visit: (position: number, offset: number) => void,
): void {
  const size = sizeOf(shape);
  const index = new Array<number>(shape.length).fill(0);
  let offset = 0;
  for (let position = 0; position < size; position++) {
    visit(position, offset);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += strides[axis];
      if (++index[axis] < shape[axis]) break;
      offset -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

/** A copy read through strides. */
export function gather(
  data: Float64Array,
  shape: readonly number[],
  strides: readonly number[],
  base = 0,
): Float64Array {
  const out = new Float64Array(sizeOf(shape));
  forEachIndex(shape, strides, (position, offset) => {
    out[position] = data[base + offset];
  });
  return out;
}

export function broadcastTo(
  source: { readonly shape: readonly number[]; readonly data: Float64Array },
  shape: readonly number[],
): Float64Array {
  if (sameShape(source.shape, shape)) return source.data;
  return gather(source.data, shape, broadcastStrides(source.shape, shape));
}

/** Axis counted from the end when negative; undefined when out of range. */
export function normalizeAxis(axis: number, rank: number): number | undefined {
  const normal = axis < 0 ? axis + rank : axis;
  return Number.isInteger(normal) && normal >= 0 && normal < rank ? normal : undefined;
}
