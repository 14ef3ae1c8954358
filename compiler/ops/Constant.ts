import type { AttributeValue } from "../graph.ts";
import { int64, type Tensor, tensor } from "../tensor.ts";
import { type Operator, unsupported } from "./operator.ts";

export const constant: Operator = {
  op: "Constant",
  takes: "tensor values",
  check: ({ node }) => {
    const [attribute] = Object.values(node.attributes);
    const value = attribute && tensorOf(attribute);
    if (value === undefined)
      unsupported(node, "the constant is not a dense tensor or a number", "export the model with dense constants");
    return { outputs: [value], float: () => [value], folded: [value] };
  },
};

function tensorOf(attribute: AttributeValue): Tensor | undefined {
  switch (attribute.kind) {
    case "tensor":
      return attribute.value;
    case "float":
      return tensor([], Float64Array.of(attribute.value));
    case "floats":
      return tensor([attribute.value.length], Float64Array.from(attribute.value));
    case "int":
      return int64([], [attribute.value]);
    case "ints":
      return int64([attribute.value.length], attribute.value);
    default:
      return undefined;
  }
}
