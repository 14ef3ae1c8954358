/**
 * A prover that looks up another element than the index names, or an index beyond its axis: both verifiers reject each.
 *
 * An index one beyond the axis of a row names the first element of the next row, which is a cell of the same memory. Only the table of the
 * index's own row stands against it.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { buildVerifier } from "../../api/verifier.ts";
import { compile } from "../../compiler/compile.ts";
import type { Circuit, Segment, Term } from "../../core/circuit.ts";
import type { Engine } from "../../kernels/engine.ts";
import { ConstraintError, checkWitness } from "../../prover/check-witness.ts";
import { planCircuit } from "../../prover/plan.ts";
import { prove } from "../../prover/prove.ts";
import type { ProvingKey } from "../../prover/setup.ts";
import { computeWitness, type Witness } from "../../prover/witness.ts";
import { weights } from "../compiler/support/cases/case.ts";
import { buildModel, type TestModel } from "../compiler/support/onnx.ts";
import { testKey } from "../support/proofs.ts";
import type { VerifierChain } from "../verifier-gen/chain.ts";
import { withEngineAndChain } from "../verifier-gen/engine-and-chain.ts";
import { ALL_REFUSED, verdicts } from "./support/agreement.ts";
import { context } from "./support/proven.ts";
import { report } from "./support/report.ts";

const COUNT = 5;
const BITS = { activationBits: 6, fineBits: 0, shiftBits: 8 } as const;
const X = [9, -4, 31, 7, -20, 3, 12, -30, 25, 1];

interface Lookup {
  readonly name: string;
  readonly model: TestModel;
  readonly calibration: Record<string, number[]>;
  readonly input: readonly (readonly number[])[];
}

/** The last index of the first row is the last one of the axis. */
const LOOKUPS: readonly Lookup[] = [
  {
    name: "a tensor, as memory",
    model: {
      inputs: { x: [2, COUNT], ids: [2, 3] },
      indices: { ids: COUNT },
      nodes: [{ op: "GatherElements", inputs: ["x", "ids"], outputs: ["y"], attributes: { axis: 1 } }],
      outputs: ["y"],
    },
    calibration: { x: X.map((value) => value / 32), ids: [0, 2, 4, 3, 1, 0] },
    input: [X, [0, 2, 4, 3, 1, 0]],
  },
  {
    name: "constants, as a table",
    model: {
      inputs: { ids: [3] },
      indices: { ids: COUNT },
      nodes: [{ op: "Gather", inputs: ["table", "ids"], outputs: ["y"], attributes: { axis: 1 } }],
      constants: { table: weights([2, COUNT]) },
      outputs: ["y"],
    },
    calibration: { ids: [0, 2, 4] },
    input: [[0, 2, 4]],
  },
];

/** Row `row` of the lookups reads `by` elements further on, and everything after it follows. */
function turned(circuit: Circuit, row: number, by: number): Circuit {
  // A fixed cell that is 1: one more behind the others where there is none.
  const found = circuit.fixed.indexOf(1);
  const fixed = found < 0 ? Int32Array.of(...circuit.fixed, 1) : circuit.fixed;
  const base = found < 0 ? fixed.length - 1 : found;
  let isLookup = true;
  const segments = circuit.segments.map((segment): Segment => {
    if (segment.name !== "y" || !isLookup) return segment;
    isLookup = false;
    const coef = by * 2 ** circuit.shiftBits;
    const term: Term = { source: "fixed", base, rowBase: segment.start + row, coef, axes: [] };
    return { ...segment, linear: [...segment.linear, term] };
  });
  return { ...circuit, fixed, fixedLength: fixed.length, segments };
}

let engine: Engine;
let chain: VerifierChain;
withEngineAndChain((made) => {
  ({ engine, chain } = made);
});

describe.each(LOOKUPS)("lookups of $name", ({ name, model, calibration, input }) => {
  let key: ProvingKey;
  let address: `0x${string}`;
  beforeAll(async () => {
    const { circuit } = compile(buildModel(model), { calibration: { inputs: [calibration] }, ...BITS });
    key = testKey(engine, circuit);
    address = await chain.deploy((await buildVerifier({ verifyingKey: key.verifyingKey })).bytecode);
  });

  const witnessOf = (row: number, by: number): Witness =>
    computeWitness(planCircuit(turned(key.plan.circuit, row, by)), input);
  const judge = async (values: typeof input, witness: Witness | undefined, way: string) => {
    const { proof, ...statement } = prove(key, values, context, witness && { witness });
    return verdicts(chain, address, [{ key: key.verifyingKey, statement, proof, target: "index", way }]);
  };

  test("as the indices say are accepted", async () => {
    const { proof, ...statement } = prove(key, input, context);
    const honest = { key: key.verifyingKey, statement, proof };
    expect(await verdicts(chain, address, [honest])).toEqual({ accepted: ["honest"], disagreements: [] });
  });

  test("of other elements are rejected", async () => {
    for (const [row, by] of [
      [0, 1],
      [2, -1],
      [1, 2],
    ]) {
      expect(await judge(input, witnessOf(row, by), "another element")).toEqual(ALL_REFUSED);
    }
    report("perturbations", `lookups of ${name}`, 3);
  });

  test("at an index beyond the axis are rejected, though the cell it names exists", async () => {
    const witness = witnessOf(2, 1);
    const ids = key.plan.circuit.inputs.at(-1)!;
    witness[ids.block][ids.start + 2] = COUNT;
    const values = input.map((list, i) =>
      i === input.length - 1 ? list.map((id, k) => (k === 2 ? COUNT : id)) : list,
    );
    expect(() => checkWitness(key.plan, witness)).toThrow(ConstraintError);
    expect(await judge(values, witness, "beyond the axis")).toEqual(ALL_REFUSED);
    expect(() => computeWitness(key.plan, values)).toThrow();
  });
});
