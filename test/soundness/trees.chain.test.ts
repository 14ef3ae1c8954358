/**
 * A prover that leaves a path through a tree at one row and follows the circuit from there on: every lookup and every later row is
 * consistent with the wrong turn. Both verifiers reject each, and accept the honest path, equality with a threshold included.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildVerifier } from "../../api/verifier.ts";
import { quantizeInput } from "../../compiler/3-quantize/integer-answers.ts";
import { type Compiled, compile } from "../../compiler/compile.ts";
import type { Circuit, Segment } from "../../core/circuit.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { planCircuit } from "../../prover/plan.ts";
import { prove } from "../../prover/prove.ts";
import type { ProvingKey } from "../../prover/setup.ts";
import { computeWitness, type Witness, witnessOutputs } from "../../prover/witness.ts";
import { randomTrees } from "../compiler/support/cases/trees.ts";
import { buildModel, type TestAttribute } from "../compiler/support/onnx.ts";
import { floats, random } from "../compiler/support/random.ts";
import { testKey } from "../support/proofs.ts";
import { createVerifierChain, type VerifierChain } from "../verifier-gen/chain.ts";
import { ALL_REFUSED, verdicts } from "./support/agreement.ts";
import { context } from "./support/proven.ts";
import { report } from "./support/report.ts";
import type { Tamper } from "./support/tampers.ts";

const SEED = 1701;
const [TREES, DEPTH, FEATURES] = [3, 3, 4];
const BITS = { activationBits: 8, fineBits: 0, shiftBits: 8 } as const;

function compileTrees(attributes: Record<string, TestAttribute>, features: number): Compiled {
  const next = random(SEED);
  const inputs = Array.from({ length: 4 }, () => floats(next, features, -1, 1));
  const node = { op: "TreeEnsembleRegressor", domain: "ai.onnx.ml", inputs: ["x"], outputs: ["y"], attributes };
  const bytes = buildModel({ inputs: { x: [1, features] }, nodes: [node], outputs: ["y"] });
  return compile(bytes, { calibration: { inputs }, ...BITS });
}

function forest(): Compiled {
  const { attributes, leaves } = randomTrees({ trees: TREES, depth: DEPTH, features: FEATURES, modes: ["BRANCH_LEQ"] });
  const targets = {
    target_treeids: leaves.map(([tree]) => tree),
    target_nodeids: leaves.map(([, node]) => node),
    target_ids: leaves.map(() => 0),
    target_weights: { floats: leaves.map((_, i) => 0.3 + 0.01 * i) },
    n_targets: 1,
  };
  return compileTrees({ ...attributes, ...targets }, FEATURES);
}

/** The row of tree `tree` in a segment of the paths adds `by` to its quotient. */
interface Turn {
  readonly label: string;
  readonly tree: number;
  readonly by: number;
}

function turned(circuit: Circuit, turns: readonly Turn[]): Circuit {
  const one = circuit.fixed.indexOf(1);
  const change = (segment: Segment): Segment => ({
    ...segment,
    linear: [
      ...segment.linear,
      ...turns
        .filter(({ label }) => segment.name === `y ${label}`)
        .map(({ tree, by }) => ({
          source: "fixed" as const,
          base: one,
          rowBase: segment.start + tree,
          coef: by * 2 ** circuit.shiftBits,
          axes: [],
        })),
    ],
  });
  return { ...circuit, segments: circuit.segments.map(change) };
}

/** The circuit with the values of the table of that name moved. */
function withTable(circuit: Circuit, name: string, by: number): Circuit {
  const table = circuit.tables.find((item) => item.name === `y ${name}`);
  if (table?.fixedBase === undefined) throw new Error(`no table ${name}`);
  const end = table.fixedBase + table.hi - table.lo + 1;
  return { ...circuit, fixed: circuit.fixed.map((v, i) => (i >= table.fixedBase! && i < end ? v + by : v)) };
}

let chain: VerifierChain;
let engine: Engine;
let key: ProvingKey;
let address: `0x${string}`;
const { circuit, program } = forest();
const input = [quantizeInput(program.inputs[0], floats(random(SEED + 1), FEATURES, -1, 1))];
beforeAll(async () => {
  chain = await createVerifierChain();
  engine = await createEngine({ threads: 1 });
  key = testKey(engine, circuit);
  address = await chain.deploy((await buildVerifier({ verifyingKey: key.verifyingKey })).bytecode);
});
afterAll(async () => {
  await engine.close();
  await chain.close();
});

/** Undefined where the wrong turn leaves a table: no witness exists to prove with. */
function witnessOf(cheat: Circuit): Witness | undefined {
  try {
    return computeWitness(planCircuit(cheat), input);
  } catch {
    return undefined;
  }
}

const levels = Array.from({ length: DEPTH }, (_, level) => level);
const trees = Array.from({ length: TREES }, (_, tree) => tree);
const turn = (label: string, tree: number, by: number): Turn => ({ label, tree, by });
const CHEATS: Record<string, readonly Circuit[]> = {
  "wrong branch": levels.flatMap((level) =>
    trees.flatMap((tree) => [1, -1].map((by) => turned(circuit, [turn(`branch ${level}`, tree, by)]))),
  ),
  "wrong leaf": trees.flatMap((tree) => [1, -1].map((by) => turned(circuit, [turn("leaf", tree, by)]))),
  "feature of another index": levels.flatMap((level) =>
    [1, -1].map((by) => turned(circuit, [turn(`feature ${level}`, 1, by)])),
  ),
  "threshold of another tree's node": trees.slice(1).map((tree) => turned(circuit, [turn("node 0", tree, -tree)])),
  "children of another tree's node": trees.slice(1).map((tree) => turned(circuit, [turn("child 0", tree, -tree)])),
  "path of another tree": trees
    .slice(1)
    .map((tree) => turned(circuit, [turn("node 0", tree, -tree), turn("child 0", tree, -tree)])),
  "other thresholds": [withTable(circuit, "nodes", 1), withTable(circuit, "nodes", -20)],
  "other weights": [withTable(circuit, "leaves", -64), withTable(circuit, "leaves", -1024)],
};

describe("a path through three trees", () => {
  test("is accepted by both verifiers", async () => {
    const { proof, ...statement } = prove(key, input, context);
    const honest = { key: key.verifyingKey, statement, proof };
    expect(await verdicts(chain, address, [honest])).toEqual({ accepted: ["honest"], disagreements: [] });
  });

  test.each(Object.keys(CHEATS))("is rejected by both: %s", async (way) => {
    const tampers = CHEATS[way].flatMap((cheat): Tamper[] => {
      const witness = witnessOf(cheat);
      if (witness === undefined) return [];
      const { proof, ...statement } = prove(key, input, context, { witness });
      return [{ key: key.verifyingKey, statement, proof, target: "path", way }];
    });
    expect(tampers.length, `seed ${SEED}`).toBeGreaterThan(0);
    expect(await verdicts(chain, address, tampers)).toEqual(ALL_REFUSED);
    report("perturbations", `trees, ${way}`, tampers.length);
  });
});

/** By mode: the answers just below, at and just above the threshold. */
const EDGES: Record<string, readonly [boolean, boolean, boolean]> = {
  BRANCH_LEQ: [true, true, false],
  BRANCH_LT: [true, false, false],
  BRANCH_GTE: [false, true, true],
  BRANCH_GT: [false, false, true],
  BRANCH_EQ: [false, true, false],
  BRANCH_NEQ: [true, false, true],
};

test.each(Object.keys(EDGES))("%s decides at its threshold and on both sides of it", (mode) => {
  const threshold = 0.375;
  const stump = compileTrees(
    {
      nodes_treeids: [0, 0, 0],
      nodes_nodeids: [0, 1, 2],
      nodes_featureids: [0, 0, 0],
      nodes_modes: { strings: [mode, "LEAF", "LEAF"] },
      nodes_values: { floats: [threshold, 0, 0] },
      nodes_truenodeids: [1, 0, 0],
      nodes_falsenodeids: [2, 0, 0],
      target_treeids: [0, 0],
      target_nodeids: [1, 2],
      target_ids: [0, 0],
      target_weights: { floats: [1, -1] },
      n_targets: 1,
    },
    1,
  );
  const [tensor] = stump.program.inputs;
  const [limit] = quantizeInput(tensor, [threshold]);
  const stumpKey = testKey(engine, stump.circuit);
  const answers = [limit - 1, limit, limit + 1].map((value) => {
    const witness = computeWitness(stumpKey.plan, [[value]]);
    return witnessOutputs(stump.circuit, witness)[0][0] > 0;
  });
  expect(answers).toEqual(EDGES[mode]);
  const ends = [tensor.lo, tensor.hi].map((value) => {
    const witness = computeWitness(stumpKey.plan, [[value]]);
    return witnessOutputs(stump.circuit, witness)[0][0] > 0;
  });
  expect(ends).toEqual([EDGES[mode][0], EDGES[mode][2]]);
});
