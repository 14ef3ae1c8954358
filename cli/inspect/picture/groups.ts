/** What a picture of a model shows: its nodes, those that became one step of the circuit as one box, with their share of the cost. */
import type { ModelReport, NodeReport } from "../model.ts";
import type { Prediction } from "../predict.ts";

export interface Box {
  readonly title: string;
  /** Shape of what it makes, when that is known. */
  readonly shape: string;
  readonly status: NodeReport["status"] | "boundary";
  readonly reason: string | undefined;
  readonly rows: number;
  /** Shares from 0 to 1; zero where nothing is predicted. */
  readonly proveShare: number;
  readonly gasShare: number;
}

export interface Picture {
  /** Inputs first, outputs last, the others in the order of the model. */
  readonly boxes: readonly Box[];
  /** Indices of boxes. */
  readonly edges: readonly (readonly [from: number, to: number])[];
}

/** Operators named in the title of one box. */
const MOST_OPERATORS = 3;

/** A picture of more would be read by nobody, and its places take the square of their number to find. */
export const MOST_NODES_DRAWN = 2 ** 13;

export function pictureOf(report: ModelReport, prediction: Prediction | undefined): Picture {
  const nodes = report.nodes.filter(({ status }) => status !== "constant");
  const layers = prediction?.layers ?? [];
  const rootOf = joinNodes(nodes, layers);
  const roots = [...new Set(nodes.map((_, index) => rootOf(index)))];
  const costOf = new Map(prediction?.costs.map((cost) => [cost.tensor, cost]));
  const indexOf = new Map(nodes.map(({ name }, index) => [name, index]));
  const groups = roots.map((root) => {
    const members = nodes.filter((_, index) => rootOf(index) === root);
    const own = layers.filter(({ nodes: [first] }) => first && rootOf(indexOf.get(first.name) ?? -1) === root);
    const total = (pick: "rows" | "proveShare" | "gasShare"): number =>
      own.reduce((sum, { name }) => sum + (costOf.get(name)?.[pick] ?? 0), 0);
    const odd = members.find(({ status }) => status !== "supported");
    const shape = members.at(-1)?.shape;
    return {
      title: titleOf(members.map(({ op }) => op)),
      shape: shape ? shape.join("x") || "scalar" : "?",
      status: odd?.status ?? ("supported" as const),
      reason: odd?.refusal?.reason,
      rows: total("rows"),
      proveShare: total("proveShare"),
      gasShare: total("gasShare"),
    };
  });
  const boundary = (values: ModelReport["inputs"], kind: string): Box[] =>
    values.map(({ name, shape }) => ({
      title: `${kind} ${name}`,
      shape: shape?.map((n) => n ?? "?").join("x") || "scalar",
      status: "boundary",
      reason: undefined,
      rows: kind === "input" ? (costOf.get(name)?.rows ?? 0) : 0,
      proveShare: kind === "input" ? (costOf.get(name)?.proveShare ?? 0) : 0,
      gasShare: kind === "input" ? (costOf.get(name)?.gasShare ?? 0) : 0,
    }));
  const boxes = [...boundary(report.inputs, "input"), ...groups, ...boundary(report.outputs, "output")];
  return { boxes, edges: edgesOf(report, nodes, (index) => report.inputs.length + roots.indexOf(rootOf(index))) };
}

/** Nodes of one layer are one box; the box of a node is named by its first. */
function joinNodes(nodes: readonly NodeReport[], layers: Prediction["layers"]): (index: number) => number {
  const parent = nodes.map((_, index) => index);
  const find = (index: number): number => (parent[index] === index || index < 0 ? index : find(parent[index]));
  const indexOf = new Map(nodes.map(({ name }, index) => [name, index]));
  for (const layer of layers) {
    const members = layer.nodes.flatMap(({ name }) => indexOf.get(name) ?? []).map(find);
    const first = Math.min(...members);
    for (const member of members) parent[member] = first;
  }
  return find;
}

function titleOf(operators: readonly string[]): string {
  const distinct = [...new Set(operators)];
  const more = distinct.length - MOST_OPERATORS;
  return distinct.slice(0, MOST_OPERATORS).join(" + ") + (more > 0 ? ` + ${more} more` : "");
}

function edgesOf(report: ModelReport, nodes: readonly NodeReport[], boxOf: (node: number) => number): Picture["edges"] {
  const makers = new Map(report.inputs.map(({ name }, index) => [name, index]));
  nodes.forEach(({ outputs }, index) => {
    for (const name of outputs) makers.set(name, boxOf(index));
  });
  const edges = new Map<string, readonly [number, number]>();
  const connect = (name: string, to: number): void => {
    const from = makers.get(name);
    if (from !== undefined && from !== to) edges.set(`${from} ${to}`, [from, to]);
  };
  nodes.forEach(({ inputs }, index) => {
    for (const name of inputs) connect(name, boxOf(index));
  });
  const boxes = report.inputs.length + new Set(nodes.map((_, index) => boxOf(index))).size;
  report.outputs.forEach(({ name }, index) => {
    connect(name, boxes + index);
  });
  return [...edges.values()];
}
