import { expect, test } from "vitest";
import { unpackBatch, unpackOutput } from "../../api/prover.ts";
import type { BoundaryTensor } from "../../core/circuit.ts";
import { packedLength, packTensors } from "../../core/packing.ts";
import { statementBytes, statementLength } from "../../core/statement.ts";
import { tinyCircuit } from "../support/circuits.ts";

const tiny = tinyCircuit();
const tensor = (name: string, count: number, visibility: BoundaryTensor["visibility"]): BoundaryTensor => ({
  ...tiny.outputs[0],
  name,
  visibility,
  shape: [count],
  count,
});
const withOutputs = (...outputs: BoundaryTensor[]) => ({ circuit: { ...tiny, outputs } });
const range = (count: number, first: number): number[] => Array.from({ length: count }, (_, i) => first + i);

// 10 + 4 + 22 packed bytes; 32 + 4 + 0 in the statement.
const veiled = withOutputs(tensor("hash", 10, "hashed"), tensor("seen", 4, "public"), tensor("own", 22, "private"));
const values = [range(10, 1), range(4, 50), range(22, 100)];
const packed = packTensors(veiled.circuit.outputs, values);
const stated = statementBytes(veiled.circuit.outputs, packed, []);

const numbersOf = (tensors: readonly Float64Array[]): number[][] => tensors.map((tensor) => Array.from(tensor));

test("packed and stated bytes of one length are read as what they are said to be", () => {
  expect(packedLength(veiled.circuit.outputs)).toBe(statementLength(veiled.circuit.outputs));
  expect(numbersOf(unpackOutput(veiled, packed, "packed"))).toEqual(values);
  expect(numbersOf(unpackOutput(veiled, stated))).toEqual([[], values[1], []]);
});

test("a batch is read in the same two forms", () => {
  const batch = { circuit: { ...veiled.circuit, batch: 2 } };
  const half = (b: number) => values.map((all) => all.slice((b * all.length) / 2, ((b + 1) * all.length) / 2));
  expect(unpackBatch(batch, packed, "packed").map(numbersOf)).toEqual([half(0), half(1)]);
  expect(unpackBatch(batch, stated).map(numbersOf)).toEqual([0, 1].map((b) => [[], half(b)[1], []]));
});

test("public outputs are the same bytes in both forms", () => {
  const open = withOutputs(tensor("seen", 4, "public"));
  const bytes = Uint8Array.from(values[1]);
  expect(unpackOutput(open, bytes)).toEqual(unpackOutput(open, bytes, "packed"));
});

test("bytes of another length are refused", () => {
  const hidden = withOutputs(tensor("own", 3, "committed"), tensor("seen", 4, "public"));
  const [short, long] = [new Uint8Array(7), new Uint8Array(68)];
  expect(numbersOf(unpackOutput(hidden, long))).toEqual([[], [0, 0, 0, 0]]);
  expect(() => unpackOutput(hidden, short)).toThrow(expect.objectContaining({ name: "Statement.StatementError" }));
  expect(() => unpackOutput(hidden, long, "packed")).toThrow(expect.objectContaining({ name: "Packing.PackingError" }));
});
