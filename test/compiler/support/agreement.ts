/** The checks every compiled circuit must pass: witness, constraints and reference agree, and the circuit is well formed. */

import type { IntegerProgram } from "../../../compiler/program.ts";
import { runReference } from "../../../compiler/reference.ts";
import { sizeOf } from "../../../compiler/tensor.ts";
import type { Axis, Circuit, Product, Term } from "../../../core/circuit.ts";
import { circuitProducts, maskRowsFor, readsMemory } from "../../../core/layout.ts";
import { checkWitness } from "../../../prover/check-witness.ts";
import { planCircuit } from "../../../prover/plan.ts";
import { computeWitness, witnessOutputs } from "../../../prover/witness.ts";
import { integer, type Random } from "./random.ts";

/** Least, greatest, then random integers of the input range. */
export function extremeInputs(program: IntegerProgram, next: Random, count: number): Int32Array[][] {
  return Array.from({ length: count }, (_, k) =>
    program.inputs.map(({ shape, lo, hi }) =>
      Int32Array.from({ length: sizeOf(shape) }, () => {
        if (k === 0) return lo;
        if (k === 1) return hi;
        return k === 2 ? (next() < 0.5 ? lo : hi) : integer(next, lo, hi);
      }),
    ),
  );
}

/** First output element on which the circuit and the reference disagree; undefined when there is none. */
export function findDisagreement(
  circuit: Circuit,
  program: IntegerProgram,
  inputs: readonly (readonly Int32Array[])[],
): string | undefined {
  const plan = planCircuit(circuit);
  for (const input of inputs) {
    const { tensors } = runReference(program, input);
    const witness = computeWitness(plan, input);
    checkWitness(plan, witness);
    const outputs = witnessOutputs(circuit, witness);
    for (const [index, name] of program.outputs.entries()) {
      const expected = tensors.get(name) as Float64Array;
      const at = expected.findIndex((value, i) => value !== outputs[index][i]);
      if (at >= 0 || expected.length !== outputs[index].length) {
        return `output ${name}[${at}]: reference ${expected[at]}, circuit ${outputs[index][at]}, input ${input.map((x) => x.join(" "))}`;
      }
    }
  }
  return undefined;
}

/** What core/circuit.ts demands of a circuit; the list of broken rules. */
export function brokenRules(circuit: Circuit): string[] {
  const broken: string[] = [];
  const rows = 2 ** circuit.logRows;
  const products = circuitProducts(circuit);
  const require = (holds: boolean, rule: string): void => {
    if (!holds) broken.push(rule);
  };
  const tableRows = circuit.tables.reduce((sum, { lo, hi }) => sum + hi - lo + 1, 2 ** circuit.shiftBits);
  require(circuit.maskRows + tableRows <= rows, "tables fit");
  require(circuit.constrainedEnd <= rows, "rows fit");
  const needed = maskRowsFor(circuit.logRows, products, readsMemory(circuit));
  require([needed, 2 ** Math.ceil(Math.log2(needed))].includes(circuit.maskRows), "mask rows");
  const spans = [...circuit.segments].sort((a, b) => a.start - b.start);
  let next = circuit.constrainedStart;
  const seen: number[] = [];
  for (const { start, count, table } of spans) {
    require(start === next, "segments tile the constrained rows");
    next = start + count;
    if (seen.at(-1) !== table) seen.push(table);
  }
  require(next === circuit.constrainedEnd, "segments end with the constrained rows");
  require(new Set(seen).size === seen.length, "rows of one table are contiguous");
  for (const segment of circuit.segments) {
    const inside = (row: number): boolean => row >= segment.start && row < segment.start + segment.count;
    for (const term of segment.linear) {
      const box = boxOf(term);
      require(inside(box.rowLo) && inside(box.rowHi), `${segment.name}: linear rows`);
      checkCells(circuit, term, require);
    }
    for (const product of segment.products) checkProduct(circuit, product, inside, require);
  }
  return [...new Set(broken)];
}

function checkProduct(
  circuit: Circuit,
  product: Product,
  inside: (row: number) => boolean,
  require: (holds: boolean, rule: string) => void,
): void {
  require(product.bits <= circuit.logRows && product.bits >= 1, "product bits");
  for (const left of product.left) {
    for (const right of product.right) {
      const [a, b] = [boxOf(left), boxOf(right)];
      require(inside(a.rowLo + b.rowLo) && inside(a.rowHi + b.rowHi), "product rows");
    }
  }
  for (const term of [...product.left, ...product.right]) {
    checkCells(circuit, term, require);
    const covered = term.axes.flatMap(({ vars }) =>
      vars ? Array.from({ length: vars.count }, (_, k) => vars.first + k) : [],
    );
    require(covered.sort((x, y) => x - y).join() ===
      Array.from({ length: product.bits }, (_, k) => k).join(), "every variable once");
    require(term.axes.every(
      (axis) => !axis.vars || lengthOf(axis) <= 2 ** axis.vars.count,
    ), "axes fit their variables");
  }
  const leavesLast = (term: Term): boolean =>
    term.axes.some((axis) => axis.vars && lengthOf(axis) < 2 ** axis.vars.count);
  require(product.right.every(leavesLast), "the all-ones index is free");
  if (product.right.every((term) => term.source === "fixed")) return;
  require(product.right.every((term) => term.source !== "fixed"), "right sides are of one kind");
  require(product.left.every(leavesLast), "the all-ones index is free on the left");
  require(product.left.every((term) => leavesSecond(term, product.bits)), "the index of the right mask is free");
}

/** All ones with variable 0 cleared lies outside some axis. */
function leavesSecond({ axes }: Term, bits: number): boolean {
  return axes.some(({ vars, ...axis }) => {
    if (!vars) return false;
    const index = (2 ** bits - 2) / 2 ** vars.first;
    return Math.floor(index) % 2 ** vars.count >= lengthOf(axis as Axis);
  });
}

function lengthOf(axis: Axis): number {
  return axis.kind === "plain" ? axis.n : axis.kernelN;
}

function checkCells(circuit: Circuit, term: Term, require: (holds: boolean, rule: string) => void): void {
  const { cellLo, cellHi } = boxOf(term);
  require(term.axes.every((axis) => axis.kind === "plain" || axis.pad >= 0), "pads are not negative");
  require(term.axes.every((axis) => axis.cell >= 0 && axis.row >= 0), "no axis runs backwards");
  require(Number.isInteger(term.coef) && Math.abs(term.coef) < 2 ** 53, "coefficients");
  if (term.source === "fixed") {
    const column = (cell: number): number => Math.floor(cell / circuit.fixedColumnLength);
    require(cellLo >= 0 &&
      cellHi < circuit.fixedLength &&
      column(cellLo) === column(cellHi), "a term stays in one fixed column");
  } else {
    require(cellLo >= circuit.maskRows && cellHi < circuit.constrainedEnd, "terms read rows of the program");
  }
}

/** Smallest and largest cell and row of a term; windows by the input indices they reach. */
function boxOf(term: Term): { cellLo: number; cellHi: number; rowLo: number; rowHi: number } {
  let [cellLo, cellHi, rowLo, rowHi] = [term.base, term.base, term.rowBase, term.rowBase];
  for (const axis of term.axes) {
    const cells = axis.kind === "plain" ? axis.n : axis.inputN;
    const rows = axis.kind === "plain" ? axis.n : axis.outN;
    const [cell, row] = [(cells - 1) * axis.cell, (rows - 1) * axis.row];
    cellLo += Math.min(0, cell);
    cellHi += Math.max(0, cell);
    rowLo += Math.min(0, row);
    rowHi += Math.max(0, row);
  }
  return { cellLo, cellHi, rowLo, rowHi };
}
