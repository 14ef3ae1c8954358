/** The float meanings of the operators, node by node, as the file orders them: the twin of the fused steps. */
import type { Model } from "../../../compiler/2-check/check.ts";
import { type Tensor, tensor } from "../../../compiler/tensor.ts";

export function evaluateGraph(model: Model, inputs: ReadonlyMap<string, Float64Array>): Map<string, Float64Array> {
  const values = new Map<string, Tensor>(model.constants);
  for (const { name, type } of model.inputs)
    values.set(name, tensor(type.shape, inputs.get(name) as Float64Array, type.dtype));
  for (const { node, meaning } of model.nodes) {
    const outputs = meaning.float(node.inputs.map((name) => values.get(name)) as Tensor[]);
    node.outputs.forEach((name, index) => {
      if (outputs[index]) values.set(name, outputs[index]);
    });
  }
  return new Map([...values].map(([name, value]) => [name, value.data]));
}
