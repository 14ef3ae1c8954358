/** Worst cases: inputs that reach them, and refusal of what cannot be bounded. */
import { describe, expect, test } from "vitest";
import { boundProgram, MAX_ACCUMULATOR } from "../../compiler/3-quantize/bounds.ts";
import { compile } from "../../compiler/compile.ts";
import { CapacityError } from "../../compiler/errors.ts";
import type { IntegerLinearStep, IntegerProgram } from "../../compiler/program.ts";
import { runReference } from "../../compiler/reference.ts";
import { planCircuit } from "../../prover/plan.ts";
import { computeWitness } from "../../prover/witness.ts";
import { extremeInputs } from "./support/agreement.ts";
import { CASES } from "./support/cases/all.ts";
import { inputsOf } from "./support/cases/case.ts";
import { buildModel } from "./support/onnx.ts";
import { random } from "./support/random.ts";

const SEED = 99;

function dense(weights: readonly number[], lo: number, hi: number, shiftBits = 10): IntegerProgram {
  const step: IntegerLinearStep = {
    kind: "linear",
    out: "y",
    shape: [1, 1],
    nodes: [{ name: "dense", op: "Gemm" }],
    parts: [{ kind: "contract", x: "x", axis: 1, inN: weights.length, outN: 1, weights: Float64Array.from(weights) }],
    bias: { shape: [1], data: Float64Array.of(7) },
    table: { kind: "none" },
  };
  const shapes = new Map([
    ["x", [1, weights.length]],
    ["y", [1, 1]],
  ]);
  return {
    shiftBits,
    inputs: [{ name: "x", shape: [1, weights.length], lo, hi, scales: [1] }],
    outputs: ["y"],
    shapes,
    scales: new Map([
      ["x", 1],
      ["y", 1],
    ]),
    steps: [step],
  };
}

describe("a dense step", () => {
  test("the bound is reached by the worst input, in both directions", () => {
    const weights = [5000, -3000, 0, 1234, -1];
    const program = dense(weights, -128, 127);
    const { quotients, accumulators } = boundProgram(program);
    const worst = (sign: 1 | -1): number => {
      const input = weights.map((weight) => (weight * sign > 0 ? 127 : -128));
      return (runReference(program, [input]).tensors.get("y") as Float64Array)[0];
    };
    expect(quotients.get("y")).toEqual({ lo: worst(-1), hi: worst(1) });
    expect(accumulators.get("y")?.hi).toBe(5000 * 127 + 3000 * 128 + 1234 * 127 + 128 + 7);
  });

  test("an accumulator of 2^52 is refused, one below is not", () => {
    const top = 2 ** 26;
    const fits = dense([2 ** 25, 2 ** 25 - 1], 0, top);
    expect(boundProgram(fits).accumulators.get("y")?.hi).toBe(2 ** 52 - top + 7);
    expect(() => boundProgram(dense([2 ** 25, 2 ** 25], 0, top))).toThrow(CapacityError);
    expect(() => boundProgram(dense([-(2 ** 25), -(2 ** 25) - 1], 0, top))).toThrow(CapacityError);
    expect(MAX_ACCUMULATOR).toBe(2 ** 52);
  });

  test("the reference refuses what the bounds would have refused", () => {
    expect(() => runReference(dense([2 ** 26, 2 ** 26], 0, 2 ** 26), [[2 ** 26, 2 ** 26]])).toThrow(CapacityError);
  });

  test("halves are rounded up", () => {
    const program = dense([512], -10, 10);
    const y = (x: number): number => (runReference(program, [[x]]).tensors.get("y") as Float64Array)[0];
    expect([-3, -2, -1, 0, 1, 2, 3].map(y)).toEqual([-1, -1, 0, 0, 1, 1, 2]);
  });
});

test("padding reads zero, which may be the worst case", () => {
  const step: IntegerLinearStep = {
    kind: "linear",
    out: "y",
    shape: [1, 1, 3],
    nodes: [{ name: "conv", op: "Conv" }],
    parts: [
      {
        kind: "conv",
        x: "x",
        groups: 1,
        channels: 1,
        outChannels: 1,
        windows: [{ inputN: 3, outN: 3, kernel: 3, stride: 1, dilation: 1, pad: 1 }],
        weights: Float64Array.of(1024, 1024, 1024),
      },
    ],
    bias: { shape: [], data: Float64Array.of(0) },
    table: { kind: "none" },
  };
  const base = dense([1], 10, 20);
  const program: IntegerProgram = {
    ...base,
    inputs: [{ name: "x", shape: [1, 1, 3], lo: 10, hi: 20, scales: [1] }],
    shapes: new Map([
      ["x", [1, 1, 3]],
      ["y", [1, 1, 3]],
    ]),
    steps: [step],
  };
  const y = runReference(program, [[10, 10, 10]]).tensors.get("y") as Float64Array;
  const { lo, hi } = boundProgram(program).quotients.get("y") as { lo: number; hi: number };
  expect([...y]).toEqual([20, 30, 20]);
  expect(lo).toBeLessThanOrEqual(20);
  expect(hi).toBe(60);
});

test.each(CASES)("every quotient stays inside its bounds, on extreme inputs: $name", (item) => {
  const next = random(SEED);
  const inputs = Array.from({ length: 4 }, () => inputsOf(item, next));
  const { circuit, program } = compile(buildModel(item.model), {
    calibration: { inputs },
    activationBits: 7,
    fineBits: 1,
    shiftBits: 11,
  });
  const { tensors } = boundProgram(program);
  const plan = planCircuit(circuit);
  for (const input of extremeInputs(program, next, 8)) {
    const run = runReference(program, input);
    for (const [name, values] of run.tensors) {
      const { lo, hi } = tensors.get(name) as { lo: Float64Array; hi: Float64Array };
      expect(
        values.every((value, i) => lo[i] <= value && value <= hi[i]),
        `${name}, seed ${SEED}`,
      ).toBe(true);
    }
    // Throws where a quotient leaves its table.
    computeWitness(plan, input);
  }
});

test.each([0, 1])("every token of a contraction over axis %i has its own bound, equal neighbours or not", (axis) => {
  const tokens = [
    [0, 0],
    [0, 0],
    [5, -7],
    [5, 0],
    [0, 0],
  ];
  const weights = [3, -2, -11, 0, 4, 9];
  const place = <T>(rows: readonly (readonly T[])[]): T[] =>
    axis === 1 ? rows.flat() : rows[0].flatMap((_, k) => rows.map((row) => row[k]));
  const shape = axis === 1 ? [5, 2] : [2, 5];
  const shifted: IntegerLinearStep = {
    kind: "linear",
    out: "t",
    shape,
    nodes: [{ name: "shift", op: "Add" }],
    parts: [{ kind: "scale", x: "x", shape: [1], factors: Float64Array.of(2) }],
    bias: { shape, data: Float64Array.from(place(tokens), (value) => 2 * value) },
    table: { kind: "none" },
  };
  const contracted: IntegerLinearStep = {
    ...shifted,
    out: "y",
    shape: axis === 1 ? [5, 3] : [3, 5],
    parts: [{ kind: "contract", x: "t", axis, inN: 2, outN: 3, weights: Float64Array.from(weights, (w) => 2 * w) }],
    bias: { shape: [1], data: Float64Array.of(0) },
  };
  const base = dense([1], -4, 6, 1);
  const program: IntegerProgram = {
    ...base,
    inputs: [{ name: "x", shape, lo: -4, hi: 6, scales: [1] }],
    shapes: new Map([
      ["x", shape],
      ["t", shape],
      ["y", [...contracted.shape]],
    ]),
    scales: new Map(["x", "t", "y"].map((name) => [name, 1])),
    steps: [shifted, contracted],
  };
  const expected = (sign: 1 | -1): number[] =>
    place(
      tokens.map((token) =>
        [0, 1, 2].map((m) =>
          token.reduce((sum, offset, k) => {
            const weight = weights[2 * m + k];
            return sum + weight * (offset + (weight * sign > 0 ? 6 : -4));
          }, 0),
        ),
      ),
    );
  const { lo, hi } = boundProgram(program).tensors.get("y") as { lo: Float64Array; hi: Float64Array };
  expect([...lo]).toEqual(expected(-1));
  expect([...hi]).toEqual(expected(1));
});
