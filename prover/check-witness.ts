/**
 * Checks every constraint of a circuit on a witness, cell by cell, with no proof system: the slow twin of the whole protocol.
 *
 * Accumulators are recomputed by walking each product's boxes directly, not through the index lists that proving uses.
 */
import type { Product, Segment, Term } from "../core/circuit.ts";
import { GavelError } from "../core/errors.ts";
import { tablePlacements } from "../core/lookup.ts";
import { type Cells, forEachCell } from "./operands.ts";
import { type CircuitPlan, tableRows, tableValuesOf } from "./plan.ts";
import type { Witness } from "./witness.ts";

export class ConstraintError extends GavelError {
  override readonly name = "Prover.ConstraintError";
}

/** Number of constraints checked; throws ConstraintError naming the first row that breaks one. */
export function checkWitness(plan: CircuitPlan, witness: Witness): number {
  const { circuit, layout } = plan;
  const cells: Cells = { q: witness.q, y: witness.y, fixed: circuit.fixed };
  const divisor = 2 ** circuit.shiftBits;
  let checked = 0;
  const require = (holds: boolean, row: number, what: string, expected: string, got: string): void => {
    checked++;
    if (!holds)
      throw new ConstraintError(`row ${row}: ${what}`, {
        expected,
        got,
        remedy: "the witness does not satisfy the circuit",
      });
  };
  for (const segment of circuit.segments) {
    const accumulators = accumulatorsOf(segment, cells);
    for (let i = 0; i < segment.count; i++) {
      const row = segment.start + i;
      const left = divisor * witness.q[row] + witness.rem[row];
      const right = accumulators[i] + divisor / 2;
      require(left === right, row, `requantization in ${segment.name}`, String(right), String(left));
    }
  }
  for (let row = circuit.maskRows; row < layout.rows; row++) {
    const table = plan.rowTag[row] - 1;
    const { lo, hi, name } = circuit.tables[table];
    const q = witness.q[row];
    const value = q >= lo && q <= hi ? tableValuesOf(plan, table, witness)[q - lo] : undefined;
    require(value === witness.y[row], row, `table ${name} at ${q}`, String(value ?? `${lo}..${hi}`), String(
      witness.y[row],
    ));
    require(witness.rem[row] >= 0 && witness.rem[row] < divisor, row, "remainder", `0..${divisor - 1}`, String(
      witness.rem[row],
    ));
  }
  const [counted, uses] = [countUses(plan, witness), usesSent(plan, witness)];
  for (let row = circuit.maskRows; row < layout.rows; row++) {
    require(counted[row] === uses[row], row, "uses of the table row", String(counted[row]), String(uses[row]));
  }
  return checked;
}

/** How often each table row is looked up. The cells must be inside their tables. */
function countUses({ circuit, layout, rowTag }: CircuitPlan, { q, rem }: Witness): Int32Array {
  const uses = new Int32Array(layout.rows);
  const rows = tableRows(circuit);
  for (let row = circuit.maskRows; row < layout.rows; row++) {
    uses[rows.activation(rowTag[row] - 1, q[row])]++;
    uses[rows.remainder(rem[row])]++;
  }
  return uses;
}

/** Multiplicities by entry: rows above the last table repeat remainder 0. */
function usesSent({ circuit, layout }: CircuitPlan, { m }: Witness): Int32Array {
  const uses = m.slice();
  const end = tablePlacements(circuit).reduce((last, { row, size }) => Math.max(last, row + size), 0);
  const zero = tableRows(circuit).remainder(0);
  for (let row = end; row < layout.rows; row++) {
    uses[zero] += m[row];
    uses[row] = 0;
  }
  return uses;
}

function accumulatorsOf(segment: Segment, cells: Cells): Float64Array {
  const accumulators = new Float64Array(segment.count).fill(segment.constant);
  const add = (row: number, value: number): void => {
    accumulators[row - segment.start] += value;
  };
  for (const term of segment.linear) {
    forEachCell(term.axes, (cell, row) => add(term.rowBase + row, term.coef * cells[term.source][term.base + cell]));
  }
  for (const product of segment.products) addProduct(product, cells, add);
  return accumulators;
}

function addProduct(product: Product, cells: Cells, add: (row: number, value: number) => void): void {
  const byIndex = (terms: readonly Term[]): Map<number, [row: number, value: number][]> => {
    const entries = new Map<number, [number, number][]>();
    for (const term of terms) {
      forEachCell(term.axes, (cell, row, kappa) => {
        const list = entries.get(kappa) ?? [];
        list.push([term.rowBase + row, term.coef * cells[term.source][term.base + cell]]);
        entries.set(kappa, list);
      });
    }
    return entries;
  };
  const right = byIndex(product.right);
  for (const [kappa, lefts] of byIndex(product.left)) {
    for (const [leftRow, leftValue] of lefts) {
      for (const [rightRow, rightValue] of right.get(kappa) ?? []) add(leftRow + rightRow, leftValue * rightValue);
    }
  }
}
