/**
 * No operator of the compiler leaves a cell free: whichever cell of a witness moves, by one or by the size of its table, a constraint
 * breaks. Every cell of inputs and constrained rows is moved, for every operator, on a shape that is no power of two.
 */
import { describe, expect, test } from "vitest";
import { ConstraintError, checkWitness } from "../../prover/check-witness.ts";
import { type CircuitPlan, planCircuit } from "../../prover/plan.ts";
import { computeWitness, type Witness } from "../../prover/witness.ts";
import { extremeInputs } from "../compiler/support/agreement.ts";
import { random } from "../compiler/support/random.ts";
import { caseByOperator, cellMoves, compileSmall, EVERY_OPERATOR, LOOKUPS, withMoved } from "./support/operators.ts";
import { EVERY_CELL, report } from "./support/report.ts";

const SEED = 1618;
const BY_OPERATOR = caseByOperator();
/** Rows behind the constrained ones, of tables and padding, are many and alike: one of so many is tried. */
const TABLE_STRIDE = EVERY_CELL ? 1 : 16;

test("every operator of the compiler has a case on an odd shape", () => {
  expect(EVERY_OPERATOR.filter((op) => !BY_OPERATOR.has(op))).toEqual([]);
});

describe("every cell that moves breaks a constraint", () => {
  test.each([...new Set([...BY_OPERATOR.values(), ...LOOKUPS])])("$name", (item) => {
    const next = random(SEED);
    const { circuit, program } = compileSmall(item, next);
    const plan = planCircuit(circuit);
    const witness = computeWitness(plan, extremeInputs(program, next, 4)[3]);
    expect(checkWitness(plan, witness)).toBeGreaterThan(0);
    const free: string[] = [];
    let tried = 0;
    for (const move of cellMoves(plan)) {
      if (move.row >= circuit.constrainedEnd && move.row % TABLE_STRIDE !== 0) continue;
      tried++;
      if (!withMoved(witness, move, (cells) => breaks(plan, cells)))
        free.push(`${move.block}[${move.row}] moved by ${move.by}`);
    }
    expect(free, `seed ${SEED}`).toEqual([]);
    report("perturbations", `constraints of ${item.name}`, tried);
  });
});

function breaks(plan: CircuitPlan, cells: Witness): boolean {
  try {
    checkWitness(plan, cells);
    return false;
  } catch (error) {
    if (error instanceof ConstraintError) return true;
    throw error;
  }
}
