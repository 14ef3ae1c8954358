/** Models of one or few nodes, on shapes that are not powers of two. */
import type { TestAttribute, TestModel, TestTensor } from "../onnx.ts";
import { floats, integer, type Random, random } from "../random.ts";

export interface Case {
  readonly name: string;
  readonly model: TestModel;
  /** The same in other operators, where onnxruntime cannot run the model. */
  readonly oracle?: TestModel;
  /** Range of the random inputs. */
  readonly lo?: number;
  readonly hi?: number;
  /** Of onnxruntime, relative, where it is coarser than its sums. */
  readonly floatTolerance?: number;
  /** The function jumps: rounding near a jump may move a value by the whole step. */
  readonly jumps?: true;
  /** Not a number where all inputs are 0, or equal, in onnxruntime too. */
  readonly undefinedAt?: "zero" | "equal";
}

/** Random values for every input; symbolic axes have the length 1. */
export function inputsOf({ model, lo = -1, hi = 1 }: Case, next: Random): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(model.inputs).map(([name, dims]) => {
      const size = dims.reduce<number>((n, dim) => n * (typeof dim === "string" ? 1 : dim), 1);
      const count = model.indices?.[name];
      const values = count
        ? Array.from({ length: size }, () => integer(next, 0, count - 1))
        : floats(next, size, lo, hi);
      return [name, values];
    }),
  );
}

/** Where bugs live: all inputs at one end of the range, at both in turns, and at zero. */
export function edgeInputs({ model, lo = -1, hi = 1, undefinedAt }: Case): Record<string, number[]>[] {
  type Edge = (least: number, most: number, i: number) => number;
  const inTurns: Edge = (least, most, i) => (i % 2 === 0 ? least : most);
  const ends: Edge[] = [(least) => least, (_, most) => most];
  const zero: Edge = (least, most) => Math.min(most, Math.max(least, 0));
  const edges = [inTurns, ...(undefinedAt === "equal" ? [] : ends), ...(undefinedAt === undefined ? [zero] : [])];
  return edges.map((edge) =>
    Object.fromEntries(
      Object.entries(model.inputs).map(([name, dims]) => {
        const size = dims.reduce<number>((n, dim) => n * (typeof dim === "string" ? 1 : dim), 1);
        const count = model.indices?.[name];
        const [least, most] = count ? [0, count - 1] : [lo, hi];
        return [name, Array.from({ length: size }, (_, i) => edge(least, most, i))];
      }),
    ),
  );
}

const next = random(20240601);

export function weights(shape: readonly number[], lo = -0.7, hi = 0.7): TestTensor {
  return {
    shape,
    data: floats(
      next,
      shape.reduce((a, b) => a * b, 1),
      lo,
      hi,
    ),
  };
}

export const list = (...values: number[]): TestTensor => ({ shape: [values.length], data: values, type: "int64" });
export const scalar = (value: number): TestTensor => ({ shape: [], data: [value] });

export function conv(
  name: string,
  x: readonly number[],
  w: readonly number[],
  attributes: Record<string, TestAttribute>,
  more: Partial<Case> = {},
  after: string[] = [],
): Case {
  const nodes = [
    { op: "Conv", inputs: ["x", "w", "b"], attributes },
    ...after.map((op, i) => ({ op, inputs: [`t${i}`] })),
  ];
  return {
    name: `Conv ${name}`,
    model: { inputs: { x }, nodes, constants: { w: weights(w), b: weights([w[0]]) } },
    ...more,
  };
}

export function pool(
  op: string,
  name: string,
  x: readonly number[],
  attributes: Record<string, TestAttribute>,
  more: Partial<Case> = {},
  opset = 17,
): Case {
  return {
    name: `${op} ${name}`,
    model: { inputs: { x }, nodes: [{ op, inputs: ["x"], attributes }], opset },
    ...more,
  };
}

export function unary(op: string, attributes: Record<string, TestAttribute> = {}, more: Partial<Case> = {}): Case {
  return {
    name: `${op} alone`,
    model: { inputs: { x: [1, 3, 5] }, nodes: [{ op, inputs: ["x"], attributes }] },
    lo: -3,
    hi: 2,
    ...more,
  };
}

export function binary(
  op: string,
  shapes: readonly [readonly number[], readonly number[]],
  constant: "first" | "second" | "none",
  more: Partial<Case> = {},
): Case {
  const [a, b] = shapes;
  const isFirst = constant === "first";
  const inputs = constant === "none" ? { x: a, y: b } : { x: isFirst ? b : a };
  const constants = constant === "none" ? {} : { c: weights(isFirst ? a : b, 0.3, 1.5) };
  const names = constant === "none" ? ["x", "y"] : isFirst ? ["c", "x"] : ["x", "c"];
  return {
    name: `${op} [${a}] [${b}] ${constant} constant`,
    model: { inputs, nodes: [{ op, inputs: names }], constants },
    ...more,
  };
}
