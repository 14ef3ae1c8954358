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
import { inputsOf } from "./support/cases/case.ts";
import { buildModel } from "./support/onnx.ts";
import { random } from "./support/random.ts";

const SEED = 5151;
const FIXED_BITS = { activationBits: 6, fineBits: 0, shiftBits: 10 } as const;

describe.each([...CASES, ...ARG_MAX_CASES])("$name", (item) => {
  const next = random(SEED);
  const inputs = Array.from({ length: 4 }, () => inputsOf(item, next));
  const bytes = buildModel(item.model);
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
