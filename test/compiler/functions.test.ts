/** Tabulated functions: values against the machine's own, and what is refused outside their domains. */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { evaluateFunction, FUNCTION_NAMES } from "../../compiler/functions.ts";
import { arcTangent, cosine, erf, logarithm, sine } from "../../compiler/math.ts";
import { buildModel } from "./support/onnx.ts";

const POINTS = Array.from({ length: 801 }, (_, i) => (i - 400) / 37);

test("elementary functions are within 1e-14 of the machine's", () => {
  for (const x of POINTS) {
    expect(Math.abs(sine(x) - Math.sin(x)), `sin ${x}`).toBeLessThan(1e-14);
    expect(Math.abs(cosine(x) - Math.cos(x)), `cos ${x}`).toBeLessThan(1e-14);
    expect(Math.abs(arcTangent(x) - Math.atan(x)), `atan ${x}`).toBeLessThan(1e-14);
    if (x > 0) expect(Math.abs(logarithm(x) - Math.log(x)), `log ${x}`).toBeLessThan(1e-14);
  }
  for (const x of [1e-300, 1e300]) expect(Math.abs(logarithm(x) / Math.log(x) - 1)).toBeLessThan(1e-14);
});

test("erf at tabulated points", () => {
  // Abramowitz and Stegun, table 7.1; 5.99 from its complement 2.4e-17.
  const known = [
    [0, 0],
    [0.5, 0.5204998778],
    [1, 0.8427007929],
    [2, 0.995322265],
    [3, 0.999977909503],
    [5.99, 1],
  ];
  for (const [x, value] of known) {
    expect(Math.abs(erf(x) - value)).toBeLessThan(1e-10);
    expect(erf(-x)).toBe(-erf(x));
  }
});

test("every function has a value, not NaN, everywhere a table may reach", () => {
  for (const name of FUNCTION_NAMES)
    for (const x of [-1e4, -30, -1, -0.1, 0, 0.1, 1, 30, 1e4])
      expect(evaluateFunction(name, x, 0.5, 0.25), `${name} ${x}`).not.toBeNaN();
});

test.each([
  ["Log", [0.5, 0]],
  ["Sqrt", [1, -0.1]],
  ["Reciprocal", [-1, 1]],
  ["Asin", [0, 1.5]],
  ["Acosh", [2, 0.5]],
  ["Atanh", [0, 1]],
  ["Tan", [0, 1.6]],
])("%s of samples outside its domain is refused", (op, sample) => {
  const bytes = buildModel({ inputs: { x: [1, 2] }, nodes: [{ op, inputs: ["x"], name: "odd" }] });
  expect(() => compile(bytes, { calibration: { inputs: [sample] } })).toThrow(
    expect.objectContaining({ name: "Compiler.ValueError", node: "odd", op }),
  );
});
