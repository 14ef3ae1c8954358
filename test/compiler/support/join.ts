/** Several test models side by side in one graph, every name with its model's prefix. */
import type { Case } from "./cases/case.ts";
import type { TestAttribute, TestBody, TestFunction, TestModel, TestNode } from "./onnx.ts";

/** Models that one graph can hold: the versions of their operator sets are the same. */
export const versionsOf = ({ opset, mlOpset }: TestModel): string => `${opset ?? 17}, ${mlOpset ?? 3}`;

export const prefixOf = (index: number): string => `model${index}_`;

/** The values of inputs are by the names in the joined model: those of model i start with `prefixOf(i)`. */
export function joinModels(models: readonly TestModel[]): TestModel {
  const { opset, mlOpset } = models[0];
  const parts = models.map((model, index) => {
    const rename = renamer(prefixOf(index));
    const nodes = rename.nodes(model.nodes);
    return {
      nodes,
      outputs: model.outputs?.map(rename.name) ?? (nodes[nodes.length - 1].outputs ?? []).slice(0, 1),
      inputs: rename.keys(model.inputs),
      indices: rename.keys(model.indices ?? {}),
      constants: rename.keys(model.constants ?? {}),
      outputTypes: rename.keys(model.outputTypes ?? {}),
      outputShapes: rename.keys(model.outputShapes ?? {}),
      functions: (model.functions ?? []).map(rename.function),
    };
  });
  const merged = <K extends "inputs" | "indices" | "constants" | "outputTypes" | "outputShapes">(key: K) =>
    Object.assign({}, ...parts.map((part) => part[key])) as (typeof parts)[number][K];
  const functions = parts.flatMap((part) => part.functions);
  return {
    nodes: parts.flatMap(({ nodes }) => nodes),
    outputs: parts.flatMap(({ outputs }) => outputs),
    inputs: merged("inputs"),
    indices: merged("indices"),
    constants: merged("constants"),
    outputTypes: merged("outputTypes"),
    outputShapes: merged("outputShapes"),
    ...(functions.length > 0 ? { functions } : {}),
    ...(opset === undefined ? {} : { opset }),
    ...(mlOpset === undefined ? {} : { mlOpset }),
  };
}

/** Values of the joined model's inputs from those of its parts. */
export function joinInputs(inputs: readonly Record<string, number[]>[]): Record<string, number[]> {
  return Object.assign({}, ...inputs.map((values, index) => renamer(prefixOf(index)).keys(values)));
}

/** At most `most` cases to a group, of equal versions. */
export function groupCases(cases: readonly Case[], most: number): Case[][] {
  const byVersions = Map.groupBy(cases, ({ model }) => versionsOf(model));
  return [...byVersions.values()].flatMap((same) =>
    Array.from({ length: Math.ceil(same.length / most) }, (_, i) => same.slice(most * i, most * (i + 1))),
  );
}

function renamer(prefix: string) {
  /** An empty name is an argument left out. */
  const name = (text: string): string => (text === "" ? "" : prefix + text);
  const keys = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [name(key), value]));
  const body = ({ inputs, outputs, nodes: inner, constants = {}, types = {} }: TestBody): TestBody => ({
    inputs: inputs.map(name),
    outputs: outputs.map(name),
    nodes: nodes(inner),
    constants: keys(constants),
    types: keys(types),
  });
  const attribute = (value: TestAttribute): TestAttribute =>
    typeof value === "object" && "body" in value ? { body: body(value.body) } : value;
  const called = (node: TestNode): Pick<TestNode, "op"> => ({ op: node.domain === "test" ? name(node.op) : node.op });
  const nodes = (list: readonly TestNode[]): TestNode[] =>
    list.map((node, index) => ({
      ...node,
      ...called(node),
      name: name(node.name ?? `n${index}`),
      inputs: node.inputs.map(name),
      outputs: (node.outputs ?? [`t${index}`]).map(name),
      attributes: Object.fromEntries(
        Object.entries(node.attributes ?? {}).map(([key, value]) => [key, attribute(value)]),
      ),
    }));
  const renamedFunction = (item: TestFunction): TestFunction => ({
    ...item,
    name: name(item.name),
    nodes: item.nodes.map((node) => ({ ...node, ...called(node) })),
  });
  return { name, keys, nodes, function: renamedFunction };
}
