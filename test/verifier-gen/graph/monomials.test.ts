/** Addition chains: every monomial is made of parts whose exponents add up, and powers of tau alone are made of tau alone. */
import { expect, test } from "vitest";
import { createGraph, type Node } from "../../../verifier-gen/graph/expression.ts";
import { defineMonomials } from "../../../verifier-gen/graph/monomials.ts";
import { numbers } from "../../support/circuits.ts";

const SEED = 31;

function exponents(node: Node): [tau: number, point: number] {
  if (node.kind === "constant") return [0, 0];
  if (node.kind === "load") {
    if (node.pointer === "tau") return [1, 0];
    const [sign, k] = [node.pointer[0] === "+" ? 1 : -1, Number(node.pointer.slice(1))];
    return [0, sign * 2 ** k];
  }
  if (node.kind === "monomial") return exponents(node.definition as Node);
  if (node.kind !== "multiply") throw new Error(`a monomial is made of products, not ${node.kind}`);
  const [left, right] = [exponents(node.left), exponents(node.right)];
  return [left[0] + right[0], left[1] + right[1]];
}

test.each([SEED, SEED + 1, SEED + 2])("random monomials, seed %i", (seed) => {
  const draw = numbers(seed);
  const graph = createGraph();
  for (let i = 0; i < 120; i++) graph.monomial(draw(0, 1) * draw(0, 9000), draw(0, 3) === 0 ? 0 : draw(-9000, 70000));
  // Pairs whose product is a power of tau alone tempt a chain to take a detour over x.
  for (const tau of [5, 40, 300]) {
    graph.monomial(tau, 77);
    graph.monomial(3 * tau, -77);
    graph.monomial(4 * tau, 0);
  }
  const size = defineMonomials(graph, { power: (k) => `+${k}`, inversePower: (k) => `-${k}`, tau: "tau" });
  for (const monomial of graph.monomials.values()) {
    expect(exponents(monomial)).toEqual([monomial.tau, monomial.point]);
    if (monomial.point === 0) expect(monomial.definition!.varies).toBe(false);
  }
  expect(size).toBeGreaterThan(16);
});

test("powers of two of x are table words, and inverse powers too", () => {
  const graph = createGraph();
  const [a, b] = [graph.monomial(0, 64), graph.monomial(0, -8)];
  expect(defineMonomials(graph, { power: (k) => `+${k}`, inversePower: (k) => `-${k}`, tau: "tau" })).toBe(7);
  expect(
    [a, b].map((node) => (node.kind === "monomial" && node.definition?.kind === "load" ? node.definition.pointer : "")),
  ).toEqual(["+6", "-3"]);
});
