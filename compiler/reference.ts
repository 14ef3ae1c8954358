/**
 * The meaning of an integer program, operator by operator: what the circuit must agree with bit for bit.
 *
 * Numbers are doubles that hold integers; every accumulator is checked to be one below 2^52, where sums and the rounding division
 * are exact.
 */
import { MAX_ACCUMULATOR } from "./3-quantize/bounds.ts";
import { CapacityError } from "./errors.ts";
import { powerOfTwo } from "./math.ts";
import { type IntegerLinearStep, type IntegerProgram, type IntegerStep, placeOf } from "./program.ts";
import { accumulate, type Values } from "./steps/linear.ts";
import { runMoving } from "./steps/moving.ts";
import { evaluateTable } from "./table-function.ts";

export interface ReferenceRun {
  readonly tensors: ReadonlyMap<string, Float64Array>;
  /** By output name of a linear step: how many quotients its table limited. */
  readonly saturated: ReadonlyMap<string, number>;
}

/** Values of every tensor for inputs given in the program's order. */
export function runReference(program: IntegerProgram, inputs: readonly ArrayLike<number>[]): ReferenceRun {
  const tensors = new Map<string, Float64Array>();
  const saturated = new Map<string, number>();
  program.inputs.forEach(({ name }, index) => {
    tensors.set(name, Float64Array.from(inputs[index]));
  });
  const values: Values = {
    data: (name) => tensors.get(name) as Float64Array,
    shape: (name) => program.shapes.get(name) as readonly number[],
  };
  for (const step of program.steps) tensors.set(step.out, runStep(program, step, values, saturated));
  return { tensors, saturated };
}

function runStep(
  program: IntegerProgram,
  step: IntegerStep,
  values: Values,
  saturated: Map<string, number>,
): Float64Array {
  if (step.kind !== "linear") return runMoving(step, values);
  const q = divide(step, accumulate(step, values), program.shiftBits);
  saturated.set(step.out, countSaturated(step, q));
  return step.table.kind === "none" ? q : q.map((value) => evaluateTable(step.table, value));
}

/** floor((acc + 2^(s-1)) / 2^s) */
function divide(step: IntegerLinearStep, acc: Float64Array, shiftBits: number): Float64Array {
  const half = powerOfTwo(shiftBits - 1);
  return acc.map((value) => {
    if (!Number.isInteger(value) || Math.abs(value) >= MAX_ACCUMULATOR) {
      throw new CapacityError({
        ...placeOf(step),
        reason: `the accumulator is ${value}`,
        expected: "an integer below 2^52",
        remedy: "report this model: its bounds were computed wrong",
      });
    }
    return Math.floor((value + half) / (2 * half));
  });
}

/** Quotients outside the range of the table's values, beyond what the activation itself cuts off below zero. */
function countSaturated({ table }: IntegerLinearStep, q: Float64Array): number {
  if (table.kind !== "clamp") return 0;
  const { lo, hi } = table;
  return q.reduce((count, value) => (value > hi || (lo < 0 && value < lo) ? count + 1 : count), 0);
}
