/** Real numbers to the integers of a public tensor and back. */
import type { BoundaryTensor } from "./circuit.ts";
import { GavelError } from "./errors.ts";
import { elementRange } from "./packing.ts";

export class TensorError extends GavelError {
  override readonly name = "Tensor.TensorError";
}

/**
 * floor(value / scale + 1/2), clamped to the tensor's range. Throws TensorError for a wrong size, for what is not a finite number, and
 * for an index that is no whole number of the range.
 */
export function quantizeTensor(tensor: BoundaryTensor, values: ArrayLike<number> | undefined): Int32Array {
  if (values?.length !== tensor.count) {
    throw new TensorError(`input ${tensor.name} has the wrong size`, {
      expected: `${tensor.count} numbers of shape [${tensor.shape}]`,
      got: `${values?.length ?? 0} numbers`,
      remedy: "give the whole tensor as one flat list, row-major",
    });
  }
  const { lo, hi } = tensor.range ?? elementRange(tensor);
  return Int32Array.from(values, (value, i) => {
    if (tensor.isIndex && !(Number.isInteger(value) && value >= lo && value <= hi)) {
      throw new TensorError(`input ${tensor.name} has no index ${value}`, {
        expected: `whole numbers from ${lo} to ${hi}`,
        got: `${value} at element ${i}`,
        remedy: "encode the data with the model's own list of tokens or categories",
      });
    }
    if (Number.isFinite(value)) return Math.min(hi, Math.max(lo, Math.floor(value / elementScale(tensor, i) + 0.5)));
    throw new TensorError(`input ${tensor.name} has an element that is not a finite number`, {
      expected: "finite numbers, in one flat list",
      got: `${Array.isArray(value) ? "a list" : value} at element ${i}`,
      remedy: "replace missing and infinite values as the training data did; flatten nested lists",
    });
  });
}

export function dequantizeTensor(tensor: BoundaryTensor, values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values, (value, i) => value * elementScale(tensor, i));
}

function elementScale({ scale, elementScales }: BoundaryTensor, index: number): number {
  return elementScales?.[index % elementScales.length] ?? scale;
}
