/** Inputs that take the integers of another model's output. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { GivenInput } from "../../compiler/given-inputs.ts";
import { buildModel } from "./support/onnx.ts";

const GIVEN: GivenInput = { count: 3, scale: 0.03, lo: -40, hi: 1000 };

const ONE_INPUT = buildModel({
  inputs: { x: [1, 3] },
  nodes: [{ op: "Gemm", inputs: ["x", "w"] }],
  constants: { w: { shape: [3, 2], data: [0.5, -1, 2, 0.25, -0.125, 1] } },
});

const TWO_INPUTS = buildModel({ inputs: { x: [1, 3], y: [1, 3] }, nodes: [{ op: "Add", inputs: ["x", "y"] }] });
const CONCATENATED = buildModel({
  inputs: { x: [1, 3], y: [1, 3] },
  nodes: [
    { op: "Concat", inputs: ["x", "y"], attributes: { axis: 1 } },
    { op: "Relu", inputs: ["t0"] },
  ],
});

const circuitOf = (model: Uint8Array, given: readonly GivenInput[], batch = 1) => {
  const inputs = [
    { x: [1, 2, 3], y: [0, 1, 2] },
    { x: [3, 0, 1], y: [2, 2, 2] },
  ];
  return compile(model, { calibration: { inputs }, givenInputs: given, batch, shiftBits: 10 });
};

test("the scale and every integer are taken, whatever the calibration samples show", () => {
  const { circuit, program } = circuitOf(ONE_INPUT, [GIVEN]);
  const [input] = circuit.inputs;
  expect(input.scale).toBe(GIVEN.scale);
  expect(program.inputs[0]).toMatchObject({ lo: GIVEN.lo, hi: GIVEN.hi, scales: [GIVEN.scale] });
  const { lo, hi } = circuit.tables[input.table];
  expect([lo <= GIVEN.lo, hi >= GIVEN.hi]).toEqual([true, true]);
});

test("the weights follow the given scale", () => {
  const { report } = circuitOf(ONE_INPUT, [GIVEN]);
  expect(report.relativeError).toBeLessThan(0.05);
});

test("one input is given, the samples choose the other", () => {
  const { circuit } = circuitOf(TWO_INPUTS, [{ ...GIVEN, input: "y" }]);
  expect(circuit.inputs[1].scale).toBe(GIVEN.scale);
  expect(circuit.inputs[0].scale).not.toBe(GIVEN.scale);
});

test("all inferences of a batch are counted", () => {
  expect(circuitOf(ONE_INPUT, [{ ...GIVEN, count: 6 }], 2).circuit.inputs[0].scale).toBe(GIVEN.scale);
  expect(() => circuitOf(ONE_INPUT, [GIVEN], 2)).toThrow("do not fill");
});

describe("refused", () => {
  test.each([
    ["no such input", [{ ...GIVEN, input: "z" }], ONE_INPUT],
    ["no such input", [GIVEN], TWO_INPUTS],
    ["twice", [GIVEN, GIVEN], ONE_INPUT],
    ["do not fill", [{ ...GIVEN, count: 4 }], ONE_INPUT],
    ["cannot take", [{ ...GIVEN, scale: 0 }], ONE_INPUT],
    ["cannot take", [{ ...GIVEN, lo: 1 }], ONE_INPUT],
    [
      "joined",
      [
        { ...GIVEN, input: "x" },
        { ...GIVEN, input: "y", scale: 1 },
      ],
      CONCATENATED,
    ],
  ])("%s", (message, given, model) => {
    expect(() => circuitOf(model, given)).toThrow(message);
  });
});
