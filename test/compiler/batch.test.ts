/** Batches: every inference of one equals the single inference bit for bit, for every operator, at sizes that are powers of two and not. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { validateCircuit } from "../../core/validate.ts";
import { checkWitness } from "../../prover/check-witness.ts";
import { planCircuit } from "../../prover/plan.ts";
import { computeWitness, witnessOutputs } from "../../prover/witness.ts";
import { brokenRules, extremeInputs } from "./support/agreement.ts";
import { CASES } from "./support/cases/all.ts";
import { ARG_MAX_CASES } from "./support/cases/arg-max.ts";
import { buildModel } from "./support/onnx.ts";
import { floats, random } from "./support/random.ts";

const SEED = 5151;
const FIXED_BITS = { activationBits: 6, fineBits: 0, shiftBits: 10 } as const;

describe.each([...CASES, ...ARG_MAX_CASES])("$name", ({ model, lo = -1, hi = 1 }) => {
  const next = random(SEED);
  const inputs = Array.from({ length: 4 }, () =>
    Object.fromEntries(
      Object.entries(model.inputs).map(([name, dims]) => {
        const size = dims.reduce((n: number, dim) => n * (typeof dim === "string" ? 1 : dim), 1);
        return [name, floats(next, size, lo, hi)];
      }),
    ),
  );
  const bytes = buildModel(model);
  const compiled = (batch: number) => compile(bytes, { calibration: { inputs }, batch, ...FIXED_BITS });
  const single = compiled(1);
  const plan = planCircuit(single.circuit);
  const samples = extremeInputs(single.program, next, 4);
  const alone = samples.map((sample) => witnessOutputs(single.circuit, computeWitness(plan, sample)));

  test.each([2, 3])("batch of %i", (batch) => {
    const { circuit } = compiled(batch);
    expect(circuit.batch).toBe(batch);
    expect(brokenRules(circuit)).toEqual([]);
    validateCircuit(circuit);
    const batchPlan = planCircuit(circuit);
    for (let first = 0; first + batch <= samples.length; first++) {
      const chosen = samples.slice(first, first + batch);
      const together = circuit.inputs.map((_, t) => chosen.flatMap((sample) => Array.from(sample[t])));
      const witness = computeWitness(batchPlan, together);
      checkWitness(batchPlan, witness);
      witnessOutputs(circuit, witness).forEach((output, t) => {
        const expected = alone.slice(first, first + batch).flatMap((outputs) => Array.from(outputs[t]));
        expect(Array.from(output), `seed ${SEED}, from ${first}`).toEqual(expected);
      });
    }
  });
});
