/** Constant linear maps of tensors: of one axis, or one for each index of a leading axis. */
import { accumulateContract } from "../steps/contract.ts";
import { sizeOf, type Tensor, tensor } from "../tensor.ts";
import type { Planner } from "./operator.ts";
import { emitLinear } from "./steps.ts";
import { type Named, permuted, reshaped } from "./views.ts";

export interface AxisMap {
  readonly axis: number;
  readonly outN: number;
  /** [outN, inN] */
  readonly weights: Float64Array;
}

function mappedShape(shape: readonly number[], { axis, outN }: AxisMap): number[] {
  return shape.map((n, i) => (i === axis ? outN : n));
}

export function mapAxis(x: Tensor, map: AxisMap): Tensor {
  const shape = mappedShape(x.shape, map);
  const acc = new Float64Array(sizeOf(shape));
  accumulateContract(acc, { ...map, kind: "contract", x: "", inN: x.shape[map.axis] }, x.data, x.shape);
  return tensor(shape, acc, x.dtype);
}

export function emitMapAxis(planner: Planner, x: Named, map: AxisMap): Named {
  const output = { name: planner.fresh(x.name), shape: mappedShape(x.shape, map) };
  const part = { ...map, kind: "contract", x: x.name, inN: x.shape[map.axis] } as const;
  emitLinear(planner, output, { parts: [part] });
  return output;
}

/** x [batch, m, k] with weights [batch, n, k] to [batch, n, m]: a convolution with one group for each index of the batch. */
export function emitBatchedMap(planner: Planner, x: Named, n: number, weights: Float64Array): Named {
  const [batch, m, k] = x.shape;
  const image = reshaped(planner, permuted(planner, x, [0, 2, 1]), [1, batch * k, m]);
  const output = { name: planner.fresh(x.name), shape: [1, batch * n, m] };
  const window = { inputN: m, outN: m, kernel: 1, stride: 1, dilation: 1, pad: 0 };
  const sizes = { groups: batch, channels: batch * k, outChannels: batch * n };
  emitLinear(planner, output, { parts: [{ kind: "conv", x: image.name, ...sizes, windows: [window], weights }] });
  return reshaped(planner, output, [batch, n, m]);
}
