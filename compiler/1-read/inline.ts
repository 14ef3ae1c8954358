/** Nodes that call functions of the file, replaced by the functions' nodes: ONNX IR, "Functions". */
import type onnxProto from "onnx-proto";
import { ModelFormatError } from "../errors.ts";
import { requireNodes } from "../limits.ts";

type NodeProto = onnxProto.onnx.INodeProto;
type FunctionProto = onnxProto.onnx.IFunctionProto;
type AttributeProto = onnxProto.onnx.IAttributeProto;

/** Functions may call functions, but not themselves; more levels than this are a circle. */
const MAX_DEPTH = 64;

export function inlineFunctions(
  nodes: readonly NodeProto[],
  functions: readonly FunctionProto[],
  depth = 0,
  seen = { count: 0 },
): readonly NodeProto[] {
  seen.count += nodes.length;
  requireNodes(seen.count);
  if (functions.length === 0) return nodes;
  const byName = new Map(functions.map((item) => [keyOf(item.domain, item.name), item]));
  return nodes.flatMap((node, index) => {
    const body = byName.get(keyOf(node.domain, node.opType));
    if (body === undefined) return [node];
    if (depth === MAX_DEPTH) {
      throw new ModelFormatError({
        node: node.name ?? "",
        op: node.opType ?? "",
        reason: "a function calls itself",
        remedy: "export the model without recursive functions",
      });
    }
    const call = node.name || node.output?.[0] || `${node.opType} ${index}`;
    return inlineFunctions(bodyOf(body, node, call), functions, depth + 1, seen);
  });
}

const keyOf = (domain: string | null | undefined, name: string | null | undefined): string =>
  `${domain ?? ""}::${name ?? ""}`;

/** The nodes of a function with the caller's tensors and attributes; inner tensors are named after the call. */
function bodyOf(body: FunctionProto, caller: NodeProto, call: string): NodeProto[] {
  const names = new Map<string, string>([["", ""]]);
  const bind = (inner: readonly string[], outer: readonly string[]): void =>
    inner.forEach((name, i) => void names.set(name, outer[i] ?? ""));
  bind(body.input ?? [], caller.input ?? []);
  bind(body.output ?? [], caller.output ?? []);
  // A result that the caller leaves out still needs a name inside.
  for (const name of body.output ?? []) if (names.get(name) === "") names.set(name, `${call}/${name}`);
  const rename = (name: string): string => names.get(name) ?? `${call}/${name}`;
  const given = new Map((caller.attribute ?? []).map((attribute) => [attribute.name ?? "", attribute]));
  const known = new Set([...given.keys(), ...(body.attribute ?? [])]);
  const attributeOf = (attribute: AttributeProto): AttributeProto[] => {
    const parameter = attribute.refAttrName;
    if (!parameter) return [attribute];
    if (!known.has(parameter)) {
      throw new ModelFormatError({
        node: call,
        op: caller.opType ?? "",
        reason: `attribute ${parameter} has a default of the function, which the reader does not see`,
        remedy: "give the attribute at the call, or inline functions (onnx.inliner.inline_local_functions)",
      });
    }
    const value = given.get(parameter);
    return value === undefined ? [] : [{ ...value, name: attribute.name ?? "" }];
  };
  return (body.node ?? []).map((node, index) => ({
    ...node,
    opType: node.opType ?? "",
    domain: node.domain ?? "",
    name: `${call}/${node.name || index}`,
    input: (node.input ?? []).map(rename),
    output: (node.output ?? []).map(rename),
    attribute: (node.attribute ?? []).flatMap(attributeOf),
  }));
}
