/**
 * Kernel expansions: sums over support vectors v of weight · K(v, x).
 *
 *     LINEAR     v·x                         weights and vectors multiply to one matrix
 *     POLY       (gamma·v·x + coef0)^degree
 *     SIGMOID    tanh(gamma·v·x + coef0)
 *     RBF        exp(-gamma·|x - v|^2)       as -gamma·|x|^2 + 2 gamma·v·x - gamma·|v|^2
 */
import { type Activation, evaluateActivation } from "../../activation.ts";
import type { GraphNode } from "../../graph.ts";
import { exp } from "../../math.ts";
import type { Part } from "../../program.ts";
import type { Tensor } from "../../tensor.ts";
import { badValue, floatsAttribute, type Planner, stringAttribute, unsupported } from "../operator.ts";
import { emitRowSquares, expandedRows } from "../row-steps.ts";
import { emitLinear, emitView, scaled } from "../steps.ts";

export interface Kernel {
  readonly name: "LINEAR" | "POLY" | "SIGMOID" | "RBF";
  readonly gamma: number;
  readonly coef0: number;
  readonly degree: number;
}

export function kernelOf(node: GraphNode): Kernel {
  const name = stringAttribute(node, "kernel_type", "LINEAR");
  if (name !== "LINEAR" && name !== "POLY" && name !== "SIGMOID" && name !== "RBF")
    unsupported(node, `kernel ${name}`, "use LINEAR, POLY, SIGMOID or RBF");
  const [gamma = 0, coef0 = 0, degree = 0] = floatsAttribute(node, "kernel_params") ?? [];
  return { name, gamma, coef0, degree };
}

export interface Expansion {
  readonly kernel: Kernel;
  readonly rows: number;
  readonly features: number;
  /** [vectors][features] */
  readonly vectors: Float64Array;
  /** [count][vectors] */
  readonly weights: Float64Array;
  readonly count: number;
}

/** Support vectors of the node, [vectors][features]. */
export function supportVectors(node: GraphNode, features: number): Float64Array {
  const values = floatsAttribute(node, "support_vectors") ?? [];
  if (values.length === 0 || values.length % features !== 0)
    badValue(node, `${values.length} numbers are no support vectors of ${features} features`, "export the model again");
  return Float64Array.from(values);
}

function activationOf({ name, degree }: Kernel): Activation {
  switch (name) {
    case "LINEAR":
      return { name: "none" };
    case "POLY":
      return degree === 1 ? { name: "none" } : { name: "function", f: "power", a: degree, b: 0 };
    case "SIGMOID":
      return { name: "tanh" };
    case "RBF":
      return { name: "function", f: "exp", a: 0, b: 0 };
  }
}

/** Sums for each row of x, [rows][count]. */
export function expansionSums({ kernel, features, vectors, weights, count }: Expansion, x: Tensor): Float64Array {
  const n = vectors.length / features;
  const rows = x.data.length / features;
  const activation = activationOf(kernel);
  const sums = new Float64Array(rows * count);
  for (let row = 0; row < rows; row++) {
    for (let v = 0; v < n; v++) {
      let [dot, distance] = [0, 0];
      for (let f = 0; f < features; f++) {
        const [a, b] = [x.data[row * features + f], vectors[v * features + f]];
        dot += a * b;
        distance += (a - b) ** 2;
      }
      const inner = kernel.name === "LINEAR" ? dot : kernel.gamma * dot + kernel.coef0;
      const value = kernel.name === "RBF" ? exp(-kernel.gamma * distance) : evaluateActivation(activation, inner);
      for (let k = 0; k < count; k++) sums[row * count + k] += weights[k * n + v] * value;
    }
  }
  return sums;
}

/** The expansion as parts of a step [rows, count] over x [rows, features]. */
export function expansionParts(planner: Planner, x: string, expansion: Expansion): Part[] {
  const { kernel, features, vectors, weights, count } = expansion;
  const n = vectors.length / features;
  if (kernel.name === "LINEAR") {
    const matrix = new Float64Array(count * features);
    matrix.forEach((_, i) => {
      const [k, f] = [Math.floor(i / features), i % features];
      for (let v = 0; v < n; v++) matrix[i] += weights[k * n + v] * vectors[v * features + f];
    });
    return [{ kind: "contract", x, axis: 1, inN: features, outN: count, weights: matrix }];
  }
  const values = emitKernel(planner, x, expansion);
  return [{ kind: "contract", x: values, axis: 1, inN: n, outN: count, weights }];
}

/** Name of K(v, x), [rows, vectors]. */
function emitKernel(planner: Planner, x: string, { kernel, rows, features, vectors }: Expansion): string {
  const { name, gamma, coef0 } = kernel;
  const n = vectors.length / features;
  const output = { name: planner.fresh(`${planner.outputs[0].name} kernel`), shape: [rows, n] };
  const factor = name === "RBF" ? 2 * gamma : gamma;
  const dots: Part = { kind: "contract", x, axis: 1, inN: features, outN: n, weights: vectors.map((v) => factor * v) };
  if (name !== "RBF") {
    const bias = { shape: [], data: Float64Array.of(coef0) };
    emitLinear(planner, output, { parts: [dots], bias, activation: activationOf(kernel) });
    return output.name;
  }
  const table = { name: planner.fresh(x), shape: [1, rows, features] as const };
  emitView(planner, [x], table, { name: "reshape" });
  const squares = planner.fresh(`${output.name} squares`);
  emitRowSquares(planner, table, squares);
  const wide = expandedRows(planner, squares, { name: squares, shape: [1, rows, n] });
  const flat = { name: planner.fresh(wide), shape: [rows, n] };
  emitView(planner, [wide], flat, { name: "reshape" });
  const norms = Float64Array.from({ length: n }, (_, v) =>
    vectors.subarray(v * features, (v + 1) * features).reduce((sum, value) => sum - gamma * value * value, 0),
  );
  emitLinear(planner, output, {
    parts: [dots, scaled(flat.name, -gamma)],
    bias: { shape: [1, n], data: norms },
    activation: activationOf(kernel),
    fine: "inputs",
  });
  return output.name;
}
