/**
 * Both verifiers refuse the proofs of witnesses with a wrong cell, and of those that cover their tracks: of a few operators in the short
 * form, whose others `joined-operators.chain.test.ts` has. The long form makes such a proof for each constrained row of every operator,
 * and `--every-cell` one for each move of each of them.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { buildVerifier } from "../../api/verifier.ts";
import { PackingError } from "../../core/packing.ts";
import type { Engine } from "../../kernels/engine.ts";
import { prove } from "../../prover/prove.ts";
import type { ProvingKey } from "../../prover/setup.ts";
import { computeWitness, type Witness } from "../../prover/witness.ts";
import { extremeInputs } from "../compiler/support/agreement.ts";
import { random } from "../compiler/support/random.ts";
import { testKey } from "../support/proofs.ts";
import type { VerifierChain } from "../verifier-gen/chain.ts";
import { withEngineAndChain } from "../verifier-gen/engine-and-chain.ts";
import { cheatsAt } from "./support/cheats.ts";
import { caseByOperator, cellMoves, compileSmall, LOOKUPS } from "./support/operators.ts";
import { context, outcome } from "./support/proven.ts";
import { EVERY_CELL, LONG, report } from "./support/report.ts";

const SEED = 1618;
const BY_OPERATOR = caseByOperator();
const SHORT = ["Gemm", "Conv", "MaxPool", "AveragePool", "ArgMax"].map((op) => BY_OPERATOR.get(op));
const CHOSEN = LONG
  ? [...new Set([...BY_OPERATOR.values(), ...LOOKUPS])]
  : [...SHORT, LOOKUPS[0], BY_OPERATOR.get("TopK")].flatMap((item) => (item ? [item] : []));
/** Covered cheats tried per circuit; which ones differs from circuit to circuit. */
const CHEATS = LONG ? 6 : 3;
/** In the long form the slower TypeScript verifier sees one proof of so many. */
const TYPESCRIPT_STRIDE = 4;

let engine: Engine;
let chain: VerifierChain;
withEngineAndChain((made) => {
  ({ engine, chain } = made);
});

describe.each(CHOSEN.map((item, index) => ({ name: item.name, item, index })))("$name", ({ name, item, index }) => {
  let key: ProvingKey;
  let input: Int32Array[];
  let witness: Witness;
  let address: `0x${string}`;
  beforeAll(async () => {
    const next = random(SEED);
    const { circuit, program } = compileSmall(item, next);
    key = testKey(engine, circuit);
    input = extremeInputs(program, next, 4)[3];
    witness = computeWitness(key.plan, input);
    address = await chain.deploy((await buildVerifier({ verifyingKey: key.verifyingKey })).bytecode);
  });

  /** Answers of the verifiers; undefined where the bytes of an output cannot hold the cells. */
  const verdicts = async (cells: Witness, both: boolean): Promise<string[] | undefined> => {
    try {
      const { proof, ...statement } = prove(key, input, context, { witness: cells });
      const there = await chain.outcome(address, statement, proof);
      return both ? [there, outcome({ key: key.verifyingKey, statement, proof })] : [there];
    } catch (error) {
      if (error instanceof PackingError) return undefined;
      throw error;
    }
  };

  test("both verifiers refuse proofs of wrong witnesses", async () => {
    expect(await verdicts(witness, true)).toEqual(["accepted", "accepted"]);
    const { constrainedStart: start, constrainedEnd: end } = key.plan.circuit;
    const moves = [...cellMoves(key.plan)].filter(({ row }) => row >= start && row < end);
    const perRow = moves.length / (end - start);
    const wanted = (i: number): boolean => {
      const row = Math.floor(i / perRow);
      if (EVERY_CELL) return true;
      return i % perRow === (row + index) % perRow && (LONG || row < 3);
    };
    const middle = Math.floor((start + end) / 2);
    const cheats = cheatsAt(key.plan, witness, middle);
    const covered = Array.from({ length: CHEATS }, (_, k) => cheats[(5 * k + 3 * index) % cheats.length]);
    const accepted: string[] = [];
    let tried = 0;
    const judge = async (what: string, cells: Witness): Promise<void> => {
      const answers = await verdicts(cells, !LONG || tried % TYPESCRIPT_STRIDE === 0);
      if (answers === undefined) return;
      tried++;
      const refused = ["PairingFailed", "Verifier.PairingError"].slice(0, answers.length);
      if (answers.join() !== refused.join()) accepted.push(`${what}: ${answers}`);
    };
    for (const [i, move] of moves.entries()) {
      if (!wanted(i)) continue;
      const moved = { ...witness, [move.block]: witness[move.block].slice() };
      moved[move.block][move.row] += move.by;
      await judge(`${move.block}[${move.row}] moved by ${move.by}`, moved);
    }
    for (const cheat of covered) await judge(cheat.name, cheat.witness);
    expect(accepted).toEqual([]);
    expect(tried).toBeGreaterThan(0);
    report("perturbations", `proofs of ${name}`, tried);
  });
});
