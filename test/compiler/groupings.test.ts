/** However lookups and sums are grouped, every operator answers bit for bit as the reference, alone and in a batch. */
import { describe, expect, test } from "vitest";
import { boundProgram } from "../../compiler/3-quantize/bounds.ts";
import type { CircuitLayout } from "../../compiler/4-lower/assemble.ts";
import { lowerProgram } from "../../compiler/4-lower/lower.ts";
import { compile } from "../../compiler/compile.ts";
import { runReference } from "../../compiler/reference.ts";
import type { Circuit } from "../../core/circuit.ts";
import { validateCircuit } from "../../core/validate.ts";
import { checkWitness } from "../../prover/check-witness.ts";
import { planCircuit } from "../../prover/plan.ts";
import { computeWitness, witnessOutputs } from "../../prover/witness.ts";
import { brokenRules, extremeInputs, findDisagreement } from "./support/agreement.ts";
import { CASES } from "./support/cases/all.ts";
import { ARG_MAX_CASES } from "./support/cases/arg-max.ts";
import { inputsOf } from "./support/cases/case.ts";
import { buildModel } from "./support/onnx.ts";
import { random } from "./support/random.ts";

const SEED = 7373;
const FIXED_BITS = { activationBits: 6, fineBits: 0, shiftBits: 10 } as const;

const rowsOf = ({ constrainedStart, constrainedEnd }: Circuit): number => constrainedEnd - constrainedStart;

/** Cases in which a grouping makes other rows. */
const changedBy = { lookups: 0, sums: 0 };

describe.each([...CASES, ...ARG_MAX_CASES])("$name", (item) => {
  const next = random(SEED);
  const inputs = Array.from({ length: 4 }, () => inputsOf(item, next));
  const { program, circuit: plain } = compile(buildModel(item.model), { calibration: { inputs }, ...FIXED_BITS });
  const samples = extremeInputs(program, next, 4);
  const lower = (layout: Partial<CircuitLayout>, batch = 1): Circuit => {
    const circuit = lowerProgram(program, boundProgram(program), { ...layout, batch, name: item.name });
    validateCircuit(circuit);
    return circuit;
  };
  const staged = lower({ lookupDepth: 2 });
  const copied = lower({ copiesSums: true });
  if (rowsOf(staged) > rowsOf(plain)) changedBy.lookups++;
  if (rowsOf(copied) > rowsOf(plain)) changedBy.sums++;

  test("lookups in two stages", () => {
    expect(brokenRules(staged)).toEqual([]);
    expect(findDisagreement(staged, program, samples), `seed ${SEED}`).toBeUndefined();
  });

  test("sums copied", () => {
    expect(brokenRules(copied)).toEqual([]);
    expect(findDisagreement(copied, program, samples), `seed ${SEED}`).toBeUndefined();
  });

  test("both, in a batch of 2", () => {
    const circuit = lower({ lookupDepth: 2, copiesSums: true }, 2);
    expect(brokenRules(circuit)).toEqual([]);
    const pair = samples.slice(2);
    const plan = planCircuit(circuit);
    const witness = computeWitness(
      plan,
      circuit.inputs.map((_, t) => pair.flatMap((sample) => Array.from(sample[t]))),
    );
    checkWitness(plan, witness);
    const answers = pair.map((sample) => runReference(program, sample).tensors);
    witnessOutputs(circuit, witness).forEach((output, t) => {
      const expected = answers.flatMap((tensors) => Array.from(tensors.get(program.outputs[t]) as Float64Array));
      expect(Array.from(output), `seed ${SEED}`).toEqual(expected);
    });
  });
});

test("many cases are grouped in other ways", () => {
  expect(changedBy.lookups).toBeGreaterThan(30);
  expect(changedBy.sums).toBeGreaterThan(10);
});
