/** The limits that docs/onnx-operators.gen.md gives tabulated functions are those that the compiler refuses by. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/errors.ts";
import { DOMAINS, operatorsOf } from "../../compiler/ops/registry.ts";
import { buildModel } from "./support/onnx.ts";

/** Samples just inside and outside of what the table says. */
const LIMITS: Readonly<Record<string, { readonly inside: readonly number[]; readonly outside: readonly number[] }>> = {
  "inputs from -1 to 1": { inside: [-1, 0.5, 1], outside: [-1, 0.5, 1.25] },
  "inputs from 1 on": { inside: [1, 2, 3], outside: [0.75, 2, 3] },
  "inputs from 0 on": { inside: [0, 2, 3], outside: [-0.25, 2, 3] },
  "inputs above 0": { inside: [0.5, 2, 3], outside: [0, 2, 3] },
  "inputs between -1 and 1": { inside: [-0.75, 0, 0.75], outside: [-1, 0, 0.75] },
  "inputs between -pi/2 and pi/2": { inside: [-1, 0, 1], outside: [-1, 0, 2] },
  "inputs all above or all below 0": { inside: [-3, -2, -1], outside: [-3, -2, 1] },
};

const limited = DOMAINS.flatMap(operatorsOf).flatMap(({ op, takes }) => {
  const [, limit] = /^tabulated; (inputs .*)$/.exec(takes) ?? [];
  return limit === undefined ? [] : [{ op, limit }];
});

test("every limit of the table has samples here", () => {
  expect(limited.length).toBeGreaterThan(0);
  expect(limited.filter(({ limit }) => LIMITS[limit] === undefined)).toEqual([]);
});

describe.each(limited)("$op: $limit", ({ op, limit }) => {
  const model = buildModel({ inputs: { x: [1, 3] }, nodes: [{ op, inputs: ["x"] }] });
  const compileOn = (x: readonly number[]) =>
    compile(model, { calibration: { inputs: [{ x }] }, activationBits: 6, fineBits: 0, shiftBits: 8 });

  test("inside compiles", () => {
    expect(() => compileOn(LIMITS[limit].inside)).not.toThrow();
  });

  test("outside is refused, with the node, the operator and the remedy", () => {
    const error = errorOf(() => compileOn(LIMITS[limit].outside));
    expect(error).toBeInstanceOf(CompileError);
    const { node, op: named, remedy, expected } = error as CompileError;
    expect([node, named]).toEqual(["n0", op]);
    expect(remedy).toBeTruthy();
    expect(expected).toBeTruthy();
  });
});

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
