/** Updates written into data at constant positions: each element of the result is one of either. */
import { sizeOf, type Tensor } from "../tensor.ts";
import {
  inputType,
  type Meaning,
  type NodeContext,
  type Planner,
  stringAttribute,
  tensorInput,
  unsupported,
} from "./operator.ts";
import { pickMeaning } from "./positions.ts";
import { joined, reshaped } from "./views.ts";

/** Update i goes to position targets[i] of the data; the last of several wins, as in a loop over them. */
export function checkScatter(context: NodeContext, targets: Int32Array): Meaning {
  const { node, constants } = context;
  if (stringAttribute(node, "reduction", "none") !== "none")
    unsupported(node, "the updates are combined with the data", "write the reduction as an operator of its own");
  if ((constants[0] === undefined) !== (constants[2] === undefined))
    unsupported(node, "one of data and updates is a constant", "add the constant with Where or Add");
  const data = inputType(context, 0);
  const size = sizeOf(data.shape);
  const positions = Int32Array.from({ length: size }, (_, i) => i);
  targets.forEach((target, i) => {
    positions[target] = size + i;
  });
  const flat = (planner: Planner, index: number) => {
    const input = tensorInput(planner, index);
    return reshaped(planner, input, [sizeOf(input.shape)]);
  };
  return pickMeaning(
    data,
    positions,
    ([before, , updates]: readonly Tensor[]) => Float64Array.of(...before.data, ...updates.data),
    (planner) => joined(planner, [flat(planner, 0), flat(planner, 2)], 0),
  );
}
