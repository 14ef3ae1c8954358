/** Types that an ONNX file itself declares for its intermediate tensors (`value_info`), where they are whole and static. */
import onnxProto from "onnx-proto";
import { dataTypeOf } from "../../compiler/1-read/tensor.ts";
import type { Bindings } from "../../compiler/2-check/check.ts";
import type { TensorType } from "../../compiler/tensor.ts";

export function declaredTypes(bytes: Uint8Array, bind: Bindings): Map<string, TensorType> {
  const types = new Map<string, TensorType>();
  const graph = onnxProto.onnx.ModelProto.decode(bytes).graph;
  for (const value of [...(graph?.valueInfo ?? []), ...(graph?.output ?? [])]) {
    const tensor = value.type?.tensorType;
    const dtype = dataTypeOf(tensor?.elemType);
    const shape = tensor?.shape?.dim?.map((dim) => (dim.dimParam ? bind[dim.dimParam] : Number(dim.dimValue ?? 0)));
    if (value.name && dtype && shape?.every((n) => n !== undefined && n > 0)) {
      types.set(value.name, { dtype, shape: shape as number[] });
    }
  }
  return types;
}
