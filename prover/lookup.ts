/**
 * Columns of the lookup argument (`core/lookup.ts`): phi1, phi2, phiT, and the helper h with
 *
 *     h = (phiT (phi1 + phi2) - m phi1 phi2) / (phi1 phi2 phiT)          one inversion for all rows
 */
import { mul } from "../core/field.ts";
import { type Block, blockCell } from "../core/layout.ts";
import type { Engine, FrVec, LookupArrays } from "../kernels/engine.ts";
import type { CommittedColumn } from "./columns.ts";
import type { CircuitPlan } from "./plan.ts";

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

/** Fills `helper` (N elements) and returns the five factors; m and h are copies, so that folding leaves the columns alone. */
export function lookupArrays(
  engine: Engine,
  plan: CircuitPlan,
  columns: readonly CommittedColumn[],
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
    { scale: beta, source: engine.intVec(plan.tableValue) },
    { scale: betaSquared, source: engine.intVec(plan.tableTag) },
  ]);
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
