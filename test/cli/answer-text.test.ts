import { expect, test } from "vitest";
import { answerText } from "../../cli/answer-text.ts";
import type { BoundaryTensor, Circuit } from "../../core/circuit.ts";

const scores: BoundaryTensor = {
  name: "scores",
  visibility: "public",
  shape: [2, 2],
  block: "q",
  start: 8,
  count: 4,
  elementBytes: 1,
  signed: true,
  scale: 0.5,
  table: 0,
};
const label: BoundaryTensor = { ...scores, name: "label", shape: [2], count: 2, scale: 1, labels: ["cat", "dog"] };
const textOf = (outputs: readonly BoundaryTensor[], bytes: readonly number[], batch?: number): string =>
  answerText(
    { circuit: { outputs, ...(batch === undefined ? {} : { batch }) } as unknown as Circuit },
    Uint8Array.from(bytes),
  );

test("numbers and names of classes, by tensor", () => {
  expect(textOf([scores, label], [2, 0, 255, 4, 1, 0])).toBe('[[1,0,-0.5,2],["dog","cat"]]');
});

test("a line for each inference of a batch", () => {
  expect(textOf([scores, label], [2, 0, 255, 4, 1, 0], 2)).toBe('[[1,0],["dog"]]\n[[-0.5,2],["cat"]]');
});

test("what the statement hides is named", () => {
  const committed = { ...scores, visibility: "committed" as const };
  expect(textOf([committed, label], [...new Array(64).fill(7), 1, 0])).toBe('[scores committed,["dog","cat"]]');
});
