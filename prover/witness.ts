/**
 * Runs the circuit: every row's q, y and rem from the input, and how often each table row is used.
 *
 * Exact: accumulators are sums of integers below 2^52 (the compiler proves the bound), held as doubles.
 * Rows below maskRows and padding rows are zero, which the tables contain.
 */
import type { Circuit, Segment, Term } from "../core/circuit.ts";
import { WitnessError } from "./errors.ts";
import { type Cells, forEachCell, forEachPair, type ProductPlan, sideEntries } from "./operands.ts";
import { type CircuitPlan, type SegmentPlan, tableRows, tableValuesOf } from "./plan.ts";

export interface Witness {
  readonly q: Int32Array;
  readonly y: Int32Array;
  readonly rem: Int32Array;
  readonly m: Int32Array;
}

/** `input[t]` holds the integers of input tensor t, row-major. Throws WitnessError for values outside the tensor's table. */
export function computeWitness(plan: CircuitPlan, input: readonly ArrayLike<number>[]): Witness {
  const { circuit, layout } = plan;
  const witness: Witness = {
    q: new Int32Array(layout.rows),
    y: new Int32Array(layout.rows),
    rem: new Int32Array(layout.rows),
    m: new Int32Array(layout.rows),
  };
  fillInputs(circuit, input, witness, plan);
  const cells: Cells = { q: witness.q, y: witness.y, fixed: circuit.fixed };
  circuit.segments.forEach((segment, index) => {
    const accumulators = accumulate(segment, plan.segments[index], cells);
    requantize(circuit, segment, accumulators, tableValuesOf(plan, segment.table, witness), witness);
  });
  fillPadding(circuit, plan, witness);
  countUses(circuit, plan, witness);
  return witness;
}

function fillInputs(circuit: Circuit, input: readonly ArrayLike<number>[], { q, y }: Witness, plan: CircuitPlan): void {
  circuit.inputs.forEach((tensor, t) => {
    const values = input[t];
    if (values?.length !== tensor.count) {
      throw new WitnessError(`input ${tensor.name} has the wrong size`, {
        expected: `${tensor.count} integers of shape [${tensor.shape}]`,
        got: `${values?.length ?? 0}`,
        remedy: "quantize the whole tensor, row-major",
      });
    }
    const { lo, hi } = circuit.tables[tensor.table];
    const table = plan.tableValues[tensor.table];
    for (let i = 0; i < tensor.count; i++) {
      const value = values[i];
      const inside = Number.isInteger(value) && value >= lo && value <= hi;
      if (!inside || (tensor.block === "y" && table[value - lo] !== value)) {
        throw new WitnessError(`element ${i} of input ${tensor.name} is out of range`, {
          expected: `an integer that table ${circuit.tables[tensor.table].name} maps to itself`,
          got: String(value),
          remedy: "quantize the input with the scale of the artifact, clamping to the element range",
        });
      }
      q[tensor.start + i] = value;
      y[tensor.start + i] = table[value - lo];
    }
  });
}

function accumulate(segment: Segment, plan: SegmentPlan, cells: Cells): Float64Array {
  const accumulators = new Float64Array(segment.count).fill(segment.constant);
  for (const term of segment.linear) addLinear(term, segment.start, cells, accumulators);
  plan.products.forEach((product, index) => {
    addProduct(product, plan.fixedRight[index], segment.start, cells, accumulators);
  });
  return accumulators;
}

function addLinear(term: Term, start: number, cells: Cells, accumulators: Float64Array): void {
  const values = cells[term.source];
  const base = term.rowBase - start;
  forEachCell(term.axes, (cell, row) => {
    accumulators[base + row] += term.coef * values[term.base + cell];
  });
}

function addProduct(
  plan: ProductPlan,
  fixedRight: Int32Array | undefined,
  start: number,
  cells: Cells,
  accumulators: Float64Array,
): void {
  const left = sideEntries(plan.left, cells);
  const right = fixedRight ?? sideEntries(plan.right, cells);
  forEachPair(plan, left, right, (leftRows, leftPart, rightRows, rightPart, width) => {
    for (let f = 0; f < leftRows.length; f++) {
      const base = leftRows[f] - start;
      let g = 0;
      for (; g + 4 <= rightRows.length; g += 4) {
        const sums = fourDots(leftPart, f * width, rightPart, g * width, width);
        for (let i = 0; i < 4; i++) accumulators[base + rightRows[g + i]] += sums[i];
      }
      for (; g < rightRows.length; g++) {
        accumulators[base + rightRows[g]] += dot(leftPart, f * width, rightPart, g * width, width);
      }
    }
  });
}

function dot(a: Float64Array, aStart: number, b: Float64Array, bStart: number, width: number): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += a[aStart + k] * b[bStart + k];
  return sum;
}

/** `dot` of one row of a with four rows of b: one sum alone would wait for each of its additions. */
function fourDots(a: Float64Array, aStart: number, b: Float64Array, bStart: number, width: number): number[] {
  const [b1, b2, b3] = [bStart + width, bStart + 2 * width, bStart + 3 * width];
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  for (let k = 0; k < width; k++) {
    const value = a[aStart + k];
    sum0 += value * b[bStart + k];
    sum1 += value * b[b1 + k];
    sum2 += value * b[b2 + k];
    sum3 += value * b[b3 + k];
  }
  return [sum0, sum1, sum2, sum3];
}

function requantize(
  circuit: Circuit,
  segment: Segment,
  accumulators: Float64Array,
  table: Int32Array,
  { q, y, rem }: Witness,
): void {
  const divisor = 2 ** circuit.shiftBits;
  const { lo, hi, name } = circuit.tables[segment.table];
  for (let i = 0; i < segment.count; i++) {
    const shifted = accumulators[i] + divisor / 2;
    const quotient = Math.floor(shifted / divisor);
    if (quotient < lo || quotient > hi) {
      throw new WitnessError(`row ${i} of ${segment.name} leaves the domain of table ${name}`, {
        expected: `${lo} to ${hi}`,
        got: String(quotient),
        remedy: "report this: the compiler's bounds should make it impossible",
      });
    }
    const row = segment.start + i;
    q[row] = quotient;
    rem[row] = shifted - quotient * divisor;
    y[row] = table[quotient - lo];
  }
}

/** Padding rows look up the last table's entry nearest to zero. */
function fillPadding(circuit: Circuit, plan: CircuitPlan, { q, y }: Witness): void {
  const table = plan.rowTag[plan.layout.rows - 1] - 1;
  const { lo, hi } = circuit.tables[table];
  const filler = Math.min(Math.max(0, lo), hi);
  q.fill(filler, circuit.constrainedEnd);
  y.fill(tableValuesOf(plan, table, { q, y })[filler - lo], circuit.constrainedEnd);
}

function countUses(circuit: Circuit, plan: CircuitPlan, { q, rem, m }: Witness): void {
  const rows = tableRows(circuit);
  for (let row = circuit.maskRows; row < plan.layout.rows; row++) {
    m[rows.activation(plan.rowTag[row] - 1, q[row])]++;
    m[rows.remainder(rem[row])]++;
  }
}

/** Integers of each output tensor. */
export function witnessOutputs(circuit: Circuit, witness: Witness): Int32Array[] {
  return circuit.outputs.map((tensor) => witness[tensor.block].slice(tensor.start, tensor.start + tensor.count));
}
