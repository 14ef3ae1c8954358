import { expect, test } from "vitest";
import { measureAccuracy } from "../../compiler/accuracy.ts";

const outputs = [Float64Array.of(1, 3, 2), Float64Array.of(5, -1, 0)];
const answers = { float: outputs, integer: outputs, isIndex: false };

test("the largest output is the answer, counted from 0", () => {
  expect(measureAccuracy(answers, [1, 2])).toMatchObject({ metric: "argmax", against: "labels", accuracyInteger: 0.5 });
});

test.each([3, -1, 0.5])("the label %d is refused, where the model has three classes", (label) => {
  expect(() => measureAccuracy(answers, [1, label])).toThrow(
    expect.objectContaining({
      name: "Compiler.SamplesError",
      expected: expect.stringContaining("0 to 2"),
      got: `${label}`,
    }),
  );
});
