/** Cells, time and gas by tensor: nothing twice, nothing lost. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { estimateCost } from "../../api/estimate.ts";
import { REMAINDERS, tensorCosts } from "../../api/tensor-costs.ts";
import { qualityLines } from "../../cli/quality-text.ts";
import { compile } from "../../compiler/compile.ts";

const MODELS = new URL("../../examples/models/", import.meta.url);
const BITS = { activationBits: 8, fineBits: 1, shiftBits: 11 };

describe.each([["digits_mlp"], ["digits_lstm"], ["wine_forest"]])("%s", (name) => {
  const json = (file: string) => JSON.parse(readFileSync(new URL(`${name}/${file}.json`, MODELS), "utf8"));
  const bytes = readFileSync(new URL(`${name}/model.onnx`, MODELS));
  const { circuit, report } = compile(bytes, { name, calibration: json("calibration"), ...BITS });
  const costs = tensorCosts(circuit, report, estimateCost(circuit));
  const sum = (pick: (cost: (typeof costs)[number]) => number) => costs.reduce((total, cost) => total + pick(cost), 0);

  test("has a line for every input and layer, and the remainders", () => {
    const names = [...report.inputs, ...report.layers].map((item) => item.name);
    expect(costs.map(({ tensor }) => tensor)).toEqual([...names, REMAINDERS]);
    const text = qualityLines({ ...report, costs });
    expect(text.length).toBeLessThanOrEqual(42);
    expect(text[0]).toContain("signal to noise");
  });

  test("divides all rows, table rows and fixed cells of the circuit", () => {
    expect(sum(({ rows }) => rows)).toBe(circuit.constrainedEnd - circuit.maskRows);
    expect(report.layers.reduce((total, { rows }) => total + rows, 0)).toBe(report.constrainedRows);
    expect(Math.abs(sum(({ tableRows }) => tableRows) - report.tableRows)).toBeLessThan(costs.length);
    expect(sum(({ fixedCells }) => fixedCells)).toBeLessThanOrEqual(circuit.fixedLength + costs.length);
  });

  test("divides the time into shares of one, and part of the gas", () => {
    expect(sum(({ proveShare }) => proveShare)).toBeCloseTo(1, 9);
    expect(sum(({ gasShare }) => gasShare)).toBeGreaterThan(0);
    expect(sum(({ gasShare }) => gasShare)).toBeLessThan(0.8);
    for (const { tensor, proveShare, gasShare } of costs) {
      expect(proveShare, tensor).toBeGreaterThanOrEqual(0);
      expect(gasShare, tensor).toBeGreaterThanOrEqual(0);
    }
  });
});
