/** Every rule on the shape of a circuit, broken alone: the refusal names it. */
import { describe, expect, test } from "vitest";
import type { Circuit, PlainAxis, Segment, Table, Term } from "../../core/circuit.ts";
import { validateCircuit } from "../../core/validate.ts";
import { memoryCircuit, mixedCircuit, tinyCircuit, veiledCircuit } from "../support/circuits.ts";

const [tiny, mixed, veiled, memory] = [tinyCircuit(), mixedCircuit(), veiledCircuit(), memoryCircuit()];
const [relu] = tiny.tables;
const [dense] = tiny.segments;
const [product] = dense.products;
const [left] = product.left;
const withTable = (change: Partial<Table>): Circuit => ({ ...tiny, tables: [{ ...relu, ...change }] });
const withSegment = (change: Partial<Segment>): Circuit => ({ ...tiny, segments: [{ ...dense, ...change }] });
const withProduct = (change: Partial<typeof product>): Circuit =>
  withSegment({ products: [{ ...product, ...change }] });
const withLinear = (term: Partial<Term>): Circuit =>
  withSegment({ linear: [{ source: "fixed", base: 0, rowBase: dense.start, coef: 1, axes: [], ...term }] });
const axis = left.axes[0] as PlainAxis;
const { vars: _, ...free } = axis;
const [conv, denseLayer, square] = mixed.segments;
const [squared] = square.products;
/** Its last variable is bound to an axis of both values. */
const repeatedLeft: Term = {
  ...squared.left[0],
  axes: squared.left[0].axes.map((item) => (item.kind === "plain" && item.n === 1 ? { ...item, n: 2, cell: 0 } : item)),
};
const other: Table = { name: "other", lo: 0, hi: 1, breaks: [] };

function withMemoryAt(start: number): Circuit {
  const [values, indices, read] = memory.tables;
  return { ...memory, tables: [values, indices, { ...read, memory: { block: "q", start } }] };
}

function withFixedLength(circuit: Circuit, fixedLength: number): Circuit {
  const fixed = new Int32Array(fixedLength);
  fixed.set(circuit.fixed);
  return { ...circuit, fixedLength, fixed };
}

function withWeightInLastCell(circuit: Circuit): Circuit {
  const { fixedColumnLength, segments } = circuit;
  const [segment] = segments;
  const linear: Term[] = [{ source: "fixed", base: fixedColumnLength - 1, rowBase: segment.start, coef: 1, axes: [] }];
  return withFixedLength({ ...circuit, segments: [{ ...segment, linear }] }, fixedColumnLength);
}

test.each([tiny, mixed, veiled, memory])("the circuits that are broken here are valid: $name", (circuit) => {
  expect(() => validateCircuit(circuit)).not.toThrow();
});

describe("refused", () => {
  test.each<[string, Circuit]>([
    ["the weights have no visibility", { ...tiny, weights: "secret" as never }],
    ["the batch is not one", { ...tiny, batch: 0 }],
    ["tensor x does not hold the batch", { ...tiny, batch: 2 }],
    ["the number of rows is out of range", { ...tiny, logRows: 2 }],
    ["the number of rows is out of range", { ...tiny, logRows: 27 }],
    ["blocks do not fill columns", { ...tiny, blocksPerColumn: 3 as never }],
    ["the fixed column length is not usable", { ...tiny, fixedColumnLength: 12 }],
    ["the fixed column length is not usable", { ...tiny, fixedColumnLength: 4 }],
    ["fixed cells are missing", { ...tiny, fixed: tiny.fixed.slice(1) }],
    ["the division is not one", { ...tiny, shiftBits: 0 }],
    ["there is no table", { ...tiny, tables: [] }],
    ["table relu is empty", withTable({ lo: 1, hi: 0 })],
    ["table relu has no single meaning", withTable({ fixedBase: 0 })],
    [
      "table other leaves its column",
      { ...tiny, tables: [relu, { name: "other", lo: 0, hi: 1, fixedBase: tiny.fixedLength - 1 }] },
    ],
    ["too few rows are kept for masks", { ...tiny, maskRows: tiny.maskRows - 1 }],
    ["row ranges are out of order", { ...tiny, constrainedEnd: 2 ** tiny.logRows + 1 }],
    ["output out is not computed", { ...tiny, outputs: [{ ...tiny.outputs[0], start: tiny.constrainedEnd - 1 }] }],
    ["a row has no table", withSegment({ table: 1 })],
    ["segments leave a gap or overlap", withSegment({ start: dense.start + 1 })],
    ["segments end at the wrong row", withSegment({ count: dense.count - 1 })],
    ["leaves its column", withLinear({ base: tiny.fixedLength })],
    ["reads rows that are not computed before it", withLinear({ source: "y", base: dense.start })],
    ["adds to rows of another segment", withLinear({ rowBase: dense.start + dense.count })],
    ["a product has too many variables", withProduct({ bits: 0 })],
    ["the left side of a product is fixed", withProduct({ left: [{ ...left, source: "fixed", base: 0 }] })],
    ["a product mixes fixed and witness cells", withProduct({ right: [...product.right, { ...left, rowBase: 0 }] })],
    [
      "an axis is longer than its variables allow",
      withProduct({ left: [{ ...left, axes: [{ ...axis, n: 5, cell: 0 }] }] }),
    ],
    ["a product's axes do not partition its variables", withProduct({ left: [{ ...left, axes: [free] }] })],
    ["tensor out has no table", { ...tiny, outputs: [{ ...tiny.outputs[0], table: 3 }] }],
    [
      "names another table than its rows",
      { ...tiny, tables: [relu, other], outputs: [{ ...tiny.outputs[0], table: 1 }] },
    ],
    [
      "a product has no room for its right mask",
      { ...mixed, segments: [conv, denseLayer, { ...square, products: [{ ...squared, left: [repeatedLeft] }] }] },
    ],
    ["input j reads memory", { ...memory, inputs: [memory.inputs[0], { ...memory.inputs[1], table: 2 }] }],
    ["read reads memory that is not computed before it", withMemoryAt(memory.segments[0].start)],
    ["read reads memory that is not computed before it", withMemoryAt(-1)],
    ["read reads memory that is not computed before it", withMemoryAt(2 ** memory.logRows - 1)],
    [
      "tensor out stands in rows that read memory",
      { ...memory, outputs: [{ ...memory.outputs[0], block: "y", start: memory.segments[0].start, table: 2 }] },
    ],
    [
      "a weight stands in a column that is not hidden",
      withFixedLength({ ...mixed, weights: "private" }, mixed.fixedColumnLength + 1),
    ],
    ["a weight stands in a blinding cell", withWeightInLastCell(veiled)],
    ["there are no weights to hide", { ...memory, weights: "private", fixedLength: 0, fixed: new Int32Array() }],
  ])("%s", (message, circuit) => {
    expect(() => validateCircuit(circuit)).toThrow(expect.objectContaining({ name: "Validate.CircuitError" }));
    expect(() => validateCircuit(circuit)).toThrow(message);
  });
});
