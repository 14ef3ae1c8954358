import { describe, expect, test } from "vitest";
import type { Circuit, Product, Segment, Term } from "../../core/circuit.ts";
import { CircuitError } from "../../core/circuit-error.ts";
import { validateCircuit } from "../../core/validate.ts";
import { mixedCircuit, tinyCircuit } from "../support/circuits.ts";

const editSegment = (circuit: Circuit, index: number, edit: (segment: Segment) => Segment): Circuit => ({
  ...circuit,
  segments: circuit.segments.map((segment, i) => (i === index ? edit(segment) : segment)),
});
const editProduct = (circuit: Circuit, index: number, edit: (product: Product) => Product): Circuit =>
  editSegment(circuit, index, (segment) => ({ ...segment, products: segment.products.map(edit) }));
const editTerms = (edit: (term: Term) => Term) => (terms: readonly Term[]) => terms.map(edit);

test.each([mixedCircuit(), tinyCircuit()])("the test circuits are valid: $name", (circuit) => {
  expect(() => validateCircuit(circuit)).not.toThrow();
});

const mixed = mixedCircuit();
const tiny = tinyCircuit();
const shift = (rows: number) => (term: Term) => ({ ...term, base: term.base + rows });

describe("a circuit is refused when", () => {
  const cases: [string, Circuit][] = [
    ["all its outputs are private", { ...tiny, outputs: tiny.outputs.map((t) => ({ ...t, visibility: "private" })) }],
    [
      "a tensor has no visibility",
      { ...tiny, inputs: tiny.inputs.map((t) => ({ ...t, visibility: "secret" as never })) },
    ],
    ["it has too few mask rows", { ...tiny, maskRows: tiny.maskRows - 1 }],
    ["its tables do not fit", { ...tiny, shiftBits: 7 }],
    ["a table has two meanings", { ...tiny, tables: [{ ...tiny.tables[0], fixedBase: 0 }] }],
    ["a segment is missing", { ...mixed, segments: mixed.segments.slice(1) }],
    ["segments overlap", editSegment(mixed, 1, (segment) => ({ ...segment, start: segment.start - 1 }))],
    ["a term reads masked rows", editProduct(tiny, 0, (p) => ({ ...p, left: editTerms(shift(-1))(p.left) }))],
    ["a term reads its own segment", editProduct(tiny, 0, (p) => ({ ...p, left: editTerms(shift(3))(p.left) }))],
    ["a term reads a later segment", { ...mixed, segments: mixed.segments.toReversed() }],
    ["a term crosses a fixed column", { ...mixedCircuit({ fixedColumnLength: 64 }) }],
    [
      "a term adds to another segment",
      editSegment(tiny, 0, (s) => ({ ...s, linear: s.linear.map((t) => ({ ...t, rowBase: t.rowBase + 1 })) })),
    ],
    [
      "a coefficient is not an integer",
      editSegment(tiny, 0, (s) => ({ ...s, linear: s.linear.map((t) => ({ ...t, coef: 0.5 })) })),
    ],
    ["an axis runs backwards", editProduct(tiny, 0, (p) => ({ ...p, left: editTerms(backwards)(p.left) }))],
    ["a product has no room for its mask", editProduct(tiny, 0, (p) => ({ ...p, right: p.right.map(withFullAxis) }))],
    ["a product leaves a variable out", editProduct(tiny, 0, (p) => ({ ...p, bits: 3 }))],
    ["an input does not fit its bytes", { ...mixed, inputs: [{ ...mixed.inputs[0], table: 1 }] }],
    ["an output does not fit its bytes", { ...mixed, outputs: [{ ...mixed.outputs[0], elementBytes: 1 }] }],
    ["an output names another table", { ...mixed, outputs: [{ ...mixed.outputs[0], table: 0 }] }],
  ];
  test.each(cases)("%s", (_name, circuit) => {
    expect(() => validateCircuit(circuit)).toThrow(CircuitError);
  });
});

function withFullAxis(term: Term): Term {
  return { ...term, axes: term.axes.map((axis) => (axis.vars && axis.kind === "plain" ? { ...axis, n: 4 } : axis)) };
}

/** Reads the same cells, from the last one on. */
function backwards(term: Term): Term {
  const [axis, ...rest] = term.axes;
  if (axis?.kind !== "plain") throw new Error("the term has no plain axis");
  return { ...term, base: term.base + (axis.n - 1) * axis.cell, axes: [{ ...axis, cell: -axis.cell }, ...rest] };
}
