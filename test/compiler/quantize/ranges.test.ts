/** Which integers real ranges get: histograms, cuts, divisions between both sides of zero. */
import { describe, expect, test } from "vitest";
import { readModel } from "../../../compiler/1-read/read.ts";
import { checkModel } from "../../../compiler/2-check/check.ts";
import { calibrate, calibratedRange } from "../../../compiler/3-quantize/calibrate.ts";
import { fuseProgram } from "../../../compiler/3-quantize/fuse.ts";
import {
  countValues,
  emptyHistogram,
  meanSquareRange,
  percentileRange,
} from "../../../compiler/3-quantize/histogram.ts";
import { asymmetricRange, signedRange, unsignedRange } from "../../../compiler/3-quantize/integer-range.ts";
import { planModel } from "../../../compiler/3-quantize/plan.ts";
import type { Range } from "../../../compiler/3-quantize/range.ts";
import { buildModel } from "../support/onnx.ts";
import { floats, random } from "../support/random.ts";

const SEED = 4101;

function histogramOf(values: readonly number[]) {
  const range = { lo: Math.min(...values), hi: Math.max(...values) };
  const histogram = emptyHistogram(range);
  countValues(histogram, Float64Array.from(values));
  return histogram;
}

/** Mean square error of rounding to a grid of `bits`, value by value. */
function roundingError(values: readonly number[], { lo, hi }: Range, bits: number): number {
  const step = signedRange(lo, hi, bits).scale;
  const errors = values.map((value) => (Math.max(lo, Math.min(hi, Math.round(value / step) * step)) - value) ** 2);
  return errors.reduce((sum, error) => sum + error, 0) / values.length;
}

describe("percentiles", () => {
  const values = [...floats(random(SEED), 9_998, -1, 1), -100, 50];

  test("leave out as many of the rarest values as they say, half at each end", () => {
    const { lo, hi } = percentileRange(histogramOf(values), 99.9);
    expect(lo).toBeGreaterThan(-1.2);
    expect(hi).toBeLessThan(1.2);
    expect(values.filter((value) => value < lo).length).toBeLessThanOrEqual(5);
    expect(values.filter((value) => value > hi).length).toBeLessThanOrEqual(5);
  });

  test.each([[100], [99.999]])("of %f keep everything", (percentile) => {
    expect(percentileRange(histogramOf(values), percentile)).toEqual({ lo: -100, hi: 50 });
  });

  test.each([[[3, 3, 3]], [[0]], [[-2, -2]]])("of a constant tensor %j are its value", (constant) => {
    expect(percentileRange(histogramOf(constant), 51)).toEqual({ lo: constant[0], hi: constant[0] });
  });
});

describe("mean squares", () => {
  const stepOf = (bits: number) => (range: Range) => signedRange(range.lo, range.hi, bits).scale;

  test("cut a lone outlier off where bits are few, and keep it where they are many", () => {
    const values = [...floats(random(SEED), 5_000, -1, 1), 8];
    const few = meanSquareRange(histogramOf(values), stepOf(4));
    expect(few.hi).toBeLessThan(8);
    expect(roundingError(values, few, 4)).toBeLessThan(roundingError(values, { lo: -1, hi: 8 }, 4));
    expect(meanSquareRange(histogramOf(values), stepOf(12))).toEqual({ lo: Math.min(...values), hi: 8 });
  });

  test("shrink all-negative ranges towards zero, and leave constants alone", () => {
    const values = [...floats(random(SEED + 1), 5_000, -2, -1), -30];
    const { lo, hi } = meanSquareRange(histogramOf(values), stepOf(4));
    expect(lo).toBeGreaterThan(-30);
    expect(hi).toBeLessThan(0);
    expect(meanSquareRange(histogramOf([-3, -3]), stepOf(8))).toEqual({ lo: -3, hi: -3 });
    expect(meanSquareRange(histogramOf([0, 0]), stepOf(8))).toEqual({ lo: 0, hi: 0 });
  });
});

describe("integers of a range", () => {
  test.each<[number, number]>([
    [-1, 7],
    [-7, 1],
    [-5, -1],
    [-1, 1],
    [0.5, 4],
    [-1e-9, 3],
    [-3, 1e-9],
    [0, 0],
  ])("%f .. %f fits, in 8 bits, and zero is an integer", (lo, hi) => {
    for (const range of [signedRange(lo, hi, 8), asymmetricRange(lo, hi, 8)]) {
      expect(range.hi - range.lo).toBeLessThanOrEqual(255);
      expect(range.lo).toBeLessThanOrEqual(0);
      expect(range.hi).toBeGreaterThanOrEqual(0);
      expect(range.scale).toBeGreaterThan(0);
      expect(lo).toBeGreaterThanOrEqual(range.lo * range.scale * (1 + 1e-12));
      expect(hi).toBeLessThanOrEqual(range.hi * range.scale * (1 + 1e-12));
    }
    expect(asymmetricRange(lo, hi, 8).scale).toBeLessThanOrEqual(signedRange(lo, hi, 8).scale);
  });

  test("one side gets nearly all of them where the other is empty", () => {
    expect(asymmetricRange(-5, -1, 8)).toMatchObject({ lo: -255, hi: 0 });
    expect(asymmetricRange(1, 5, 8)).toEqual(unsignedRange(5, 8));
    expect(asymmetricRange(-1, 7, 8)).toMatchObject({ lo: -32, hi: 223 });
  });
});

test("masked elements, which are minus infinity, are counted nowhere", () => {
  const model = {
    inputs: { x: [1, 4] },
    nodes: [
      { op: "Add", inputs: ["x", "mask"], outputs: ["scores"] },
      { op: "Softmax", inputs: ["scores"], outputs: ["y"] },
    ],
    constants: { mask: { shape: [1, 4], data: [0, 0, 0, -1e9] } },
  };
  const program = fuseProgram(planModel(checkModel(readModel(buildModel(model)))));
  const sample = new Map([["x", Float64Array.of(1, 2, 3, 4)]]);
  const options = { calibrationMethod: "percentile", biasCorrection: true } as const;
  const ranges = calibrate(program, [sample], options);
  for (const name of ranges.tensors.keys()) {
    const shape = { isPositive: false, quantization: "symmetric" } as const;
    const { lo, hi } = calibratedRange(ranges, name, options, 8, shape);
    expect(Number.isFinite(lo) && Number.isFinite(hi), name).toBe(true);
  }
});
