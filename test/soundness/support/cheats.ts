/**
 * Wrong witnesses of a compiled circuit, made to break as few constraints as possible: what a dishonest prover would try.
 *
 * Each keeps the multiplicities in step with the cells it moves where a table has the new entry, so that the check it names is the
 * one that has to catch it.
 */
import { type CircuitPlan, tableRows, tableValuesOf } from "../../../prover/plan.ts";
import type { Witness } from "../../../prover/witness.ts";

export interface Cheat {
  readonly name: string;
  readonly row: number;
  readonly witness: Witness;
}

export const copyWitness = ({ q, y, rem, m }: Witness): Witness => ({
  q: q.slice(),
  y: y.slice(),
  rem: rem.slice(),
  m: m.slice(),
});

type Change = (witness: Witness, row: number) => boolean | undefined;

/** Every cheat at one constrained row. Those that do not apply to the row are left out. */
export function cheatsAt(plan: CircuitPlan, honest: Witness, row: number): Cheat[] {
  const { circuit } = plan;
  const rows = tableRows(circuit);
  const tag = plan.rowTag[row] - 1;
  const { lo, hi } = circuit.tables[tag];
  const divisor = 2 ** circuit.shiftBits;
  const move = (witness: Witness, q: number): boolean => {
    if (q < lo || q > hi) return false;
    witness.m[rows.activation(tag, witness.q[row])]--;
    witness.m[rows.activation(tag, q)]++;
    witness.q[row] = q;
    witness.y[row] = tableValuesOf(plan, tag, witness)[q - lo];
    return true;
  };
  const carry =
    (step: 1 | -1, rem: number): Change =>
    (witness) => {
      witness.rem[row] += rem;
      return move(witness, witness.q[row] + step);
    };
  const cell =
    (block: keyof Witness, by: number): Change =>
    (witness) => {
      witness[block][row] += by;
      return true;
    };
  const changes: Record<string, Change> = {
    "q plus one": cell("q", 1),
    "q minus one": cell("q", -1),
    "y plus one": cell("y", 1),
    "y minus one": cell("y", -1),
    "rem plus one": cell("rem", 1),
    "rem minus one": cell("rem", -1),
    "m plus one": cell("m", 1),
    "m minus one": cell("m", -1),
    "next entry of the table": (witness) => move(witness, witness.q[row] + 1),
    "previous entry of the table": (witness) => move(witness, witness.q[row] - 1),
    "carry out of the remainder: negative": carry(1, -divisor),
    "carry into the remainder: too large": carry(-1, divisor),
    "two carries out of the remainder": (witness) => {
      witness.rem[row] -= 2 * divisor;
      return move(witness, witness.q[row] + 2);
    },
    "quotient moved by the size of its table": cell("q", hi - lo + 1),
    "quotient with the same low bits": cell("q", 2 ** 12),
    "remainder with the same low bits": cell("rem", divisor),
    "quotient and remainder both with the same low bits": (witness) => {
      witness.q[row] += 2 ** 8;
      witness.rem[row] -= 2 ** 8 * divisor;
      return true;
    },
    "value of another entry": (witness) => {
      const values = tableValuesOf(plan, tag, witness);
      const other = values.find((value) => value !== witness.y[row]);
      if (other === undefined) return false;
      witness.y[row] = other;
      return true;
    },
    "value paid by a multiplicity": (witness) => {
      witness.y[row] += 1;
      witness.m[rows.activation(tag, witness.q[row])]--;
      return true;
    },
    "multiplicity moved to another entry": (witness) => {
      witness.m[rows.activation(tag, lo)]++;
      witness.m[rows.activation(tag, hi)]--;
      return true;
    },
    "remainder of the table of another kind": (witness) => {
      witness.m[rows.remainder(witness.rem[row])]--;
      witness.m[rows.activation(tag, Math.max(lo, 0))]++;
      return true;
    },
  };
  return Object.entries(changes).flatMap(([name, change]) => {
    const witness = copyWitness(honest);
    return change(witness, row) ? [{ name, row, witness }] : [];
  });
}
