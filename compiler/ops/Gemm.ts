import type { Part } from "../program.ts";
import { accumulateContract } from "../steps/contract.ts";
import { broadcastShapes, broadcastTo, gather, sameShape, stridesOf, type Tensor, tensor } from "../tensor.ts";
import {
  badShape,
  floatAttribute,
  inputType,
  intAttribute,
  type Operator,
  type Planner,
  tensorInput,
  unsupported,
} from "./operator.ts";
import { broadcasted, emitLinear, NO_BIAS, scaled, transposed } from "./steps.ts";

/** alpha·A'·B' + beta·C with A' [M, K], B' [K, N] */
export const gemm: Operator = {
  op: "Gemm",
  takes: "constant B and C, alpha, beta, both transpositions",
  check: (context) => {
    const { node } = context;
    const [a, b] = [inputType(context, 0), inputType(context, 1)];
    const c = context.types[2];
    const [transA, transB] = [intAttribute(node, "transA", 0) !== 0, intAttribute(node, "transB", 0) !== 0];
    const [alpha, beta] = [floatAttribute(node, "alpha", 1), floatAttribute(node, "beta", 1)];
    if (a.shape.length !== 2 || b.shape.length !== 2)
      badShape(node, `A [${a.shape}] and B [${b.shape}] must be matrices`);
    const [m, k] = transA ? [a.shape[1], a.shape[0]] : a.shape;
    const [n, kB] = transB ? b.shape : [b.shape[1], b.shape[0]];
    if (k !== kB) badShape(node, `the inner sizes of A [${a.shape}] and B [${b.shape}] differ: ${k} and ${kB}`);
    const shape = [m, n];
    if (c && !sameShape(broadcastShapes(c.shape, shape) ?? [], shape))
      badShape(node, `C [${c.shape}] does not broadcast to [${shape}]`);
    return {
      outputs: [{ dtype: a.dtype, shape }],
      float: ([x, y, z]) => {
        const left = transA ? transpose(x) : x;
        const right = transB ? y : transpose(y);
        const acc = new Float64Array(m * n);
        accumulateContract(
          acc,
          { kind: "contract", x: "", axis: 1, inN: k, outN: n, weights: right.data },
          left.data,
          left.shape,
        );
        const bias = z ? broadcastTo(z, shape) : undefined;
        return [
          tensor(
            shape,
            acc.map((value, i) => alpha * value + beta * (bias?.[i] ?? 0)),
            a.dtype,
          ),
        ];
      },
      plan: (planner) => {
        const parts = [contraction(planner, { transA, transB, alpha, k, m, n })];
        const addend = planner.inputs[2];
        if (addend?.kind === "tensor") parts.push(scaled(broadcasted(planner, addend, shape), beta));
        const bias =
          addend?.kind === "constant"
            ? { shape: addend.shape, data: addend.tensor.data.map((value) => beta * value) }
            : NO_BIAS;
        emitLinear(planner, planner.outputs[0], { parts, bias });
      },
    };
  },
};

interface GemmSizes {
  readonly transA: boolean;
  readonly transB: boolean;
  readonly alpha: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

function contraction(planner: Planner, { transA, transB, alpha, m, k, n }: GemmSizes): Part {
  const [a, b] = planner.inputs;
  if (b?.kind === "constant") {
    const x = tensorInput(planner, 0);
    const weights = (transB ? b.tensor : transpose(b.tensor)).data.map((value) => alpha * value);
    return { kind: "contract", x: (transA ? transposed(planner, x) : x).name, axis: 1, inN: k, outN: n, weights };
  }
  if (a?.kind === "constant") {
    const x = tensorInput(planner, 1);
    const weights = (transA ? transpose(a.tensor) : a.tensor).data.map((value) => alpha * value);
    return { kind: "contract", x: (transB ? transposed(planner, x) : x).name, axis: 0, inN: k, outN: m, weights };
  }
  return unsupported(
    planner.node,
    "both matrices are computed from the model's input",
    "multiply by a constant matrix",
  );
}

export function transpose(matrix: Tensor): Tensor {
  const shape = [matrix.shape[1], matrix.shape[0]];
  return { ...matrix, shape, data: gather(matrix.data, shape, [...stridesOf(matrix.shape)].reverse()) };
}
