/** What gathering and scattering at constant indices share: results picked from the elements of one tensor. */
import { type Tensor, type TensorType, tensor } from "../tensor.ts";
import { badShape, type Meaning, type NodeContext, type Planner } from "./operator.ts";
import { finish, type Named, picked } from "./views.ts";

/** An index counted from the end when negative. */
export function positionOf({ node }: NodeContext, index: number, n: number): number {
  const position = index < 0 ? index + n : index;
  if (!(position >= 0 && position < n)) badShape(node, `index ${index} is outside an axis of length ${n}`);
  return position;
}

/** output[i] = source[positions[i]]; `source` is made by the caller from the node's inputs. */
export function pickMeaning(
  output: TensorType,
  positions: Int32Array,
  floatSource: (inputs: readonly Tensor[]) => Float64Array,
  planSource: (planner: Planner) => Named,
): Meaning {
  return {
    outputs: [output],
    float: (inputs) => {
      const source = floatSource(inputs);
      return [
        tensor(
          output.shape,
          Float64Array.from(positions, (position) => source[position]),
          output.dtype,
        ),
      ];
    },
    plan: (planner) => finish(planner, picked(planner, planSource(planner), output.shape, positions)),
  };
}
