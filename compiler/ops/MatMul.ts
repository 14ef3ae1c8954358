import { accumulateContract } from "../steps/contract.ts";
import { broadcastShapes, broadcastTo, gather, sizeOf, tensor } from "../tensor.ts";
import { emitBatchedMap } from "./contraction.ts";
import { transpose } from "./Gemm.ts";
import {
  badShape,
  inputType,
  type Operator,
  type PlanInput,
  type Planner,
  tensorInput,
  unsupported,
} from "./operator.ts";
import { broadcasted, emitLinear, emitView } from "./steps.ts";
import { finish, type Named, permuted, reshaped } from "./views.ts";

export const matMul: Operator = {
  op: "MatMul",
  takes: "by a constant matrix, or of two tensors, any leading axes",
  check: (context) => {
    const { node } = context;
    const [a, b] = [inputType(context, 0), inputType(context, 1)];
    if (a.shape.length === 0 || b.shape.length === 0) badShape(node, "a factor is a scalar");
    const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
    const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
    const [m, k] = left.slice(-2);
    const [kB, n] = right.slice(-2);
    if (k !== kB) badShape(node, `the inner sizes of [${a.shape}] and [${b.shape}] differ: ${k} and ${kB}`);
    const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2));
    if (batch === undefined) badShape(node, `the leading axes of [${a.shape}] and [${b.shape}] do not broadcast`);
    const shape = [...batch, ...(a.shape.length === 1 ? [] : [m]), ...(b.shape.length === 1 ? [] : [n])];
    return {
      outputs: [{ dtype: a.dtype, shape }],
      float: ([x, y]) => {
        const xs = broadcastTo({ shape: left, data: x.data }, [...batch, m, k]);
        const ys = broadcastTo({ shape: right, data: y.data }, [...batch, k, n]);
        const out = new Float64Array(sizeOf(shape));
        for (let i = 0; i < sizeOf(batch); i++) {
          const weights = transpose(tensor([k, n], ys.subarray(i * k * n, (i + 1) * k * n))).data;
          const part = { kind: "contract", x: "", axis: 1, inN: k, outN: n, weights } as const;
          accumulateContract(out.subarray(i * m * n, (i + 1) * m * n), part, xs.subarray(i * m * k, (i + 1) * m * k), [
            m,
            k,
          ]);
        }
        return [tensor(shape, out, a.dtype)];
      },
      plan: planMatMul,
    };
  },
};

function planMatMul(planner: Planner): void {
  const [a, b] = planner.inputs;
  const output = planner.outputs[0];
  if (a?.kind === "tensor" && b?.kind === "constant" && sizeOf(b.shape.slice(0, -2)) === 1) {
    const [k, n] = b.shape.length === 1 ? [b.shape[0], 1] : b.shape.slice(-2);
    const weights = transpose(tensor([k, n], b.tensor.data)).data;
    emitLinear(planner, output, {
      parts: [{ kind: "contract", x: a.name, axis: a.shape.length - 1, inN: k, outN: n, weights }],
    });
    return;
  }
  if (a?.kind === "constant" && b?.kind === "tensor" && sizeOf(a.shape.slice(0, -2)) === 1) {
    const x = tensorInput(planner, 1);
    const [m, k] = a.shape.length === 1 ? [1, a.shape[0]] : a.shape.slice(-2);
    const axis = Math.max(0, x.shape.length - 2);
    emitLinear(planner, output, {
      parts: [{ kind: "contract", x: x.name, axis, inN: k, outN: m, weights: a.tensor.data }],
    });
    return;
  }
  if (a?.kind === "tensor" && b?.kind === "tensor" && a.shape.length > 1 && b.shape.length > 1) {
    planBoth(planner, a, b);
    return;
  }
  if (a?.kind === "tensor" && b?.kind === "constant" && a.shape.length > 1) {
    const [k, n] = b.shape.slice(-2);
    const batch = output.shape.slice(0, -2);
    const m = a.shape[a.shape.length - 2];
    const x = reshaped(planner, named(broadcasted(planner, a, [...batch, m, k]), [...batch, m, k]), [
      sizeOf(batch),
      m,
      k,
    ]);
    const product = emitBatchedMap(planner, x, n, transposeAll(broadcastTo(b.tensor, [...batch, k, n]), k, n));
    return finish(planner, permuted(planner, product, [0, 2, 1]));
  }
  if (a?.kind === "constant" && b?.kind === "tensor" && b.shape.length > 1) {
    const [m, k] = a.shape.slice(-2);
    const batch = output.shape.slice(0, -2);
    const n = b.shape[b.shape.length - 1];
    const x = reshaped(planner, named(broadcasted(planner, b, [...batch, k, n]), [...batch, k, n]), [
      sizeOf(batch),
      k,
      n,
    ]);
    const weights = broadcastTo(a.tensor, [...batch, m, k]);
    return finish(planner, emitBatchedMap(planner, permuted(planner, x, [0, 2, 1]), m, weights));
  }
  unsupported(
    planner.node,
    "a factor without rows or columns meets one that has leading axes",
    "reshape the vector to a matrix",
  );
}

const named = (name: string, shape: readonly number[]): Named => ({ name, shape });

/** Every [k, n] matrix as [n, k]. */
function transposeAll(data: Float64Array, k: number, n: number): Float64Array {
  const batch = data.length / (k * n);
  return gather(data, [batch, n, k], [k * n, 1, n]);
}

type TensorInput = Extract<PlanInput, { kind: "tensor" }>;

/** Leading axes broadcast by views; the right factor is read transposed. */
function planBoth(planner: Planner, a: TensorInput, b: TensorInput): void {
  const [output] = planner.outputs;
  const batch = output.shape.slice(0, -2);
  const x = broadcasted(planner, a, [...batch, ...a.shape.slice(-2)]);
  const right = broadcasted(planner, b, [...batch, ...b.shape.slice(-2)]);
  const y = { name: planner.fresh(right), shape: [...batch, b.shape[b.shape.length - 1], b.shape[b.shape.length - 2]] };
  const permutation = [...batch.keys(), batch.length + 1, batch.length];
  emitView(planner, [right], y, { name: "transpose", permutation });
  emitLinear(planner, output, { parts: [{ kind: "product", x, y: y.name, contracts: true, factor: 1 }] });
}
