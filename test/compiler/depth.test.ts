/** A transformer of more identical blocks has no more operands. */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { circuitProducts, operandCount } from "../../core/layout.ts";
import { brokenRules, extremeInputs, findDisagreement } from "./support/agreement.ts";
import { buildModel, type TestNode, type TestTensor } from "./support/onnx.ts";
import { floats, random } from "./support/random.ts";

const SEED = 5;
const [TOKENS, WIDTH, HEADS] = [5, 6, 2];

/** Blocks of normalization, attention and two layers, with residual sums. */
function transformer(depth: number, next: () => number): Uint8Array {
  const constants: Record<string, TestTensor> = {
    heads: { shape: [4], data: [1, TOKENS, HEADS, WIDTH / HEADS], type: "int64" },
    flat: { shape: [3], data: [1, TOKENS, WIDTH], type: "int64" },
  };
  const weights = (...shape: number[]): TestTensor => ({
    shape,
    data: floats(
      next,
      shape.reduce((a, b) => a * b, 1),
      -0.5,
      0.5,
    ),
  });
  const nodes: TestNode[] = [];
  let x = "x";
  for (let block = 0; block < depth; block++) {
    const name = (label: string): string => `${label}${block}`;
    const add = (
      op: string,
      inputs: readonly string[],
      output: string,
      attributes?: TestNode["attributes"],
    ): string => {
      nodes.push({ op, inputs, outputs: [name(output)], ...(attributes ? { attributes } : {}) });
      return name(output);
    };
    const constant = (label: string, ...shape: number[]): string => {
      constants[name(label)] = weights(...shape);
      return name(label);
    };
    const norm = (input: string, label: string): string =>
      add("LayerNormalization", [input, constant(`s${label}`, WIDTH), constant(`b${label}`, WIDTH)], `n${label}`);
    const input = norm(x, "a");
    const [q, k, v] = ["q", "k", "v"].map((label) => {
      const flat = add("MatMul", [input, constant(`w${label}`, WIDTH, WIDTH)], `${label}f`);
      const split = add("Reshape", [flat, "heads"], `${label}s`);
      return add("Transpose", [split], label, { perm: label === "k" ? [0, 2, 3, 1] : [0, 2, 1, 3] });
    });
    const shares = add("Softmax", [add("MatMul", [q, k], "scores")], "shares");
    const mixed = add("Transpose", [add("MatMul", [shares, v], "mixed")], "merged", { perm: [0, 2, 1, 3] });
    const projected = add("MatMul", [add("Reshape", [mixed, "flat"], "joined"), constant("wo", WIDTH, WIDTH)], "o");
    const middle = add("Add", [projected, x], "middle");
    const up = add("Relu", [add("MatMul", [norm(middle, "m"), constant("wu", WIDTH, 12)], "u")], "r");
    x = add("Add", [add("MatMul", [up, constant("wd", 12, WIDTH)], "d"), middle], "out");
  }
  return buildModel({ inputs: { x: [1, TOKENS, WIDTH] }, nodes, constants });
}

test("operands do not grow with the number of blocks", () => {
  const operands = [3, 4, 8].map((depth) => {
    const next = random(SEED);
    const bytes = transformer(depth, next);
    const inputs = Array.from({ length: 6 }, () => ({ x: Array.from(floats(next, TOKENS * WIDTH, -1, 1)) }));
    const { circuit, program } = compile(bytes, {
      calibration: { inputs },
      activationBits: 8,
      fineBits: 1,
      shiftBits: 11,
    });
    expect(brokenRules(circuit)).toEqual([]);
    if (depth === 3) expect(findDisagreement(circuit, program, extremeInputs(program, next, 3))).toBeUndefined();
    return operandCount(circuitProducts(circuit));
  });
  expect(operands[2]).toBe(operands[0]);
  expect(Math.max(...operands)).toBeLessThan(25);
});
