/**
 * Columns of the lookup argument (`core/lookup.ts`): phi1, phi2, phiT, and the helper h with
 *
 *     h = (phiT (phi1 + phi2) - m phi1 phi2) / (phi1 phi2 phiT)          one inversion for all rows
 */
import { add, mul } from "../core/field.ts";
import { type Block, blockCell, readsMemory, valueMaskRow } from "../core/layout.ts";
import { tablePlacements, VALUE_MASK_TABLE_ROW } from "../core/lookup.ts";
import type { Engine, FrVec, LookupArrays } from "../kernels/engine.ts";
import type { CommittedColumn } from "./columns.ts";
import type { Masks } from "./masks.ts";
import { type CircuitPlan, tableValuesOf } from "./plan.ts";
import type { Witness } from "./witness.ts";

/** A block of the witness as field elements, masks included. */
export function blockValues(
  engine: Engine,
  plan: CircuitPlan,
  columns: readonly CommittedColumn[],
  block: Block,
): FrVec {
  const cell = blockCell(plan.circuit, block, 0);
  return engine.slice(columns[cell.column].values, cell.offset, plan.layout.rows);
}

/** A witness as integers, its masks, and both as columns. */
export interface CommittedWitness {
  readonly columns: readonly CommittedColumn[];
  readonly witness: Witness;
  readonly masks: Masks;
}

/** The mask of the value column; 0 where no table reads memory. */
function valueMask({ circuit }: CircuitPlan, masks: Masks): bigint {
  return readsMemory(circuit) ? masks.y[valueMaskRow(circuit)] : 0n;
}

/** Values of the table rows: what is piecewise linear or fixed is the same for every witness, memory is not. */
function tableColumn(plan: CircuitPlan, witness: Witness): Int32Array {
  const { circuit } = plan;
  if (!readsMemory(circuit)) return plan.tableValue;
  const values = Int32Array.from(plan.tableValue);
  tablePlacements(circuit).forEach(({ row }, index) => {
    if (circuit.tables[index].memory) values.set(tableValuesOf(plan, index, witness), row);
  });
  return values;
}

/** The committed values and their mask at u: sum over their rows of eq(u, row)·value. */
export function committedValuesAt(
  engine: Engine,
  plan: CircuitPlan,
  witness: Witness,
  masks: Masks,
  eq: FrVec,
): bigint {
  const { circuit, layout } = plan;
  const values = new Int32Array(layout.rows);
  tablePlacements(circuit).forEach(({ row }, index) => {
    const { fixedBase, memory } = circuit.tables[index];
    if (fixedBase !== undefined || memory) values.set(tableValuesOf(plan, index, witness), row);
  });
  const [eqAtMask] = engine.read(eq, VALUE_MASK_TABLE_ROW, 1);
  return add(engine.dotInts(eq, engine.intVec(values)), mul(eqAtMask, valueMask(plan, masks)));
}

/** Fills `helper` (N elements) and returns the five factors; m and h are copies, so that folding leaves the columns alone. */
export function lookupArrays(
  engine: Engine,
  plan: CircuitPlan,
  { columns, witness, masks }: CommittedWitness,
  alpha: bigint,
  beta: bigint,
  helper: FrVec,
): LookupArrays {
  const rows = plan.layout.rows;
  const block = (name: Block): FrVec => blockValues(engine, plan, columns, name);
  const vector = (): FrVec => engine.frVec(rows);
  const [phi1, phi2, phiT, m, h] = [vector(), vector(), vector(), vector(), vector()];
  const mark = engine.mark();
  const betaSquared = mul(beta, beta);
  engine.linear(phi1, alpha, [
    { scale: 1n, source: block("q") },
    { scale: beta, source: block("y") },
    { scale: betaSquared, source: engine.intVec(plan.rowTag) },
  ]);
  engine.linear(phi2, alpha, [{ scale: 1n, source: block("rem") }]);
  engine.linear(phiT, alpha, [
    { scale: 1n, source: engine.intVec(plan.tableKey) },
    { scale: beta, source: engine.intVec(tableColumn(plan, witness)) },
    { scale: betaSquared, source: engine.intVec(plan.tableTag) },
  ]);
  const [masked] = engine.read(phiT, VALUE_MASK_TABLE_ROW, 1);
  engine.write(phiT, VALUE_MASK_TABLE_ROW, [add(masked, mul(beta, valueMask(plan, masks)))]);
  engine.copy(m, block("m"));

  const [both, denominator] = [vector(), vector()];
  engine.mul(both, phi1, phi2);
  engine.mul(denominator, both, phiT);
  engine.batchInverse(denominator);
  engine.add(h, phi1, phi2);
  engine.mul(h, h, phiT);
  engine.mul(both, both, m);
  engine.sub(h, h, both);
  engine.mul(h, h, denominator);
  engine.copy(helper, h);
  engine.release(mark);
  return { phi1, phi2, phiT, h, m };
}
