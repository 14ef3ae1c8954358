import { describe, expect, test } from "vitest";
import { orderNodes } from "../../compiler/2-check/order.ts";
import { GraphError } from "../../compiler/errors.ts";
import { type Graph, type GraphNode, readsOf } from "../../compiler/graph.ts";
import { integer, random } from "./support/random.ts";

const SEED = 9001;

const node = (name: string, inputs: readonly string[], outputs: readonly string[] = [name]): GraphNode => ({
  name,
  op: "Add",
  domain: "",
  inputs,
  outputs,
  attributes: {},
});

const graphOf = (nodes: readonly GraphNode[]): Graph => ({
  name: "",
  opsets: { "": 17 },
  nodes,
  inputs: [{ name: "x", dtype: "float32", dims: [1] }],
  outputs: [],
  constants: new Map(),
});

/** Passes over the nodes, in the order of the file, until all are taken. */
function slowOrder({ nodes }: Graph): GraphNode[] {
  const ready = new Set(["x", ""]);
  const ordered: GraphNode[] = [];
  for (let waiting = nodes; waiting.length > 0; ) {
    const blocked = waiting.filter((item) => {
      if (!readsOf(item).every((name) => ready.has(name))) return true;
      ordered.push(item);
      for (const name of item.outputs) ready.add(name);
      return false;
    });
    if (blocked.length === waiting.length) throw new GraphError({ reason: "blocked", remedy: "" });
    waiting = blocked;
  }
  return ordered;
}

test("nodes of random graphs in random order come as the slow way orders them", () => {
  const next = random(SEED);
  for (let k = 0; k < 200; k++) {
    const count = integer(next, 1, 14);
    const made = Array.from({ length: count }, (_, i) => {
      const reads = Array.from({ length: integer(next, 0, 3) }, () => {
        const from = integer(next, -2, i - 1);
        return from === -2 ? "" : from === -1 ? "x" : `n${from}`;
      });
      return node(`n${i}`, reads, i % 3 === 0 ? [`n${i}`, `side ${i}`] : [`n${i}`]);
    });
    const shuffled = made
      .map((item) => ({ item, at: next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
    const graph = graphOf(shuffled);
    const names = orderNodes(graph).map(({ name }) => name);
    expect(names, `seed ${SEED}, graph ${k}`).toEqual(slowOrder(graph).map(({ name }) => name));
  }
});

describe("a long graph that stands backwards in the file", () => {
  const count = 100_000;
  const backwards = Array.from({ length: count }, (_, i) => node(`n${i}`, [i === count - 1 ? "x" : `n${i + 1}`]));

  test("is turned around", () => {
    const names = orderNodes(graphOf(backwards)).map(({ name }) => name);
    expect(names).toEqual(backwards.map(({ name }) => name).reverse());
  });

  test("is refused when its ends meet", () => {
    const circle = [...backwards.slice(0, -1), node(`n${count - 1}`, ["n0"])];
    expect(() => orderNodes(graphOf(circle))).toThrow(GraphError);
  });
});
