/** Elements at computed positions. */
import { ValueError } from "../errors.ts";
import { type GatherStep, type IndexRange, placeOf } from "../program.ts";
import { broadcastTo, sizeOf } from "../tensor.ts";

/** `dataOf` gives the values of the tensors that the step reads. Throws ValueError where an index is outside its axis. */
export function gatherAt(step: GatherStep, dataOf: (name: string) => Float64Array): Float64Array {
  const { source, indices, starts, shape } = step;
  const values = source.kind === "tensor" ? dataOf(source.x) : source.values;
  const positions = new Float64Array(sizeOf(shape));
  for (const start of starts) {
    broadcastTo(start, shape).forEach((value, i) => {
      positions[i] += value;
    });
  }
  for (const { name, stride, count } of indices) {
    dataOf(name).forEach((index, i) => {
      if (!(Number.isInteger(index) && index >= 0 && index < count))
        refuseIndex(step, `${index}`, { lo: 0, hi: count - 1 });
      positions[i] += stride * index;
    });
  }
  return positions.map((position) => values[position]);
}

/** Throws ValueError; `reached` says what an index is or can be. */
export function refuseIndex(step: Parameters<typeof placeOf>[0], reached: string, { lo, hi }: IndexRange): never {
  throw new ValueError({
    ...placeOf(step),
    reason: `an index is ${reached}`,
    expected: `whole numbers from ${lo} to ${hi}`,
    remedy: "limit the indices with Clip before they are used; inputs that are indices count from 0",
  });
}
