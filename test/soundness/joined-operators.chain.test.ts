/**
 * Every operator through prover and verifiers, on shapes that are no powers of two, several to a proof: both verifiers accept the honest
 * proof, and the contract refuses one proof for each operator, whose prover cheats in a row of that operator and in no other.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { PackingError } from "../../core/packing.ts";
import type { Engine } from "../../kernels/engine.ts";
import { type Proof, prove } from "../../prover/prove.ts";
import type { ProvingKey } from "../../prover/setup.ts";
import { computeWitness, type Witness } from "../../prover/witness.ts";
import { verify } from "../../verifier/verify.ts";
import { extremeInputs } from "../compiler/support/agreement.ts";
import { groupCases, prefixOf } from "../compiler/support/join.ts";
import { random } from "../compiler/support/random.ts";
import { testKey } from "../support/proofs.ts";
import type { VerifierChain } from "../verifier-gen/chain.ts";
import { withEngineAndChain } from "../verifier-gen/engine-and-chain.ts";
import { deployForm } from "../verifier-gen/forms.ts";
import { cheatsAt } from "./support/cheats.ts";
import { caseByOperator, compileJoined } from "./support/operators.ts";
import { context } from "./support/proven.ts";
import { report } from "./support/report.ts";

const SEED = 1597;
/** Proofs of more take longer than their number is smaller. */
const MOST_JOINED = 8;
const GROUPS = groupCases([...new Set(caseByOperator().values())], MOST_JOINED);

let engine: Engine;
let chain: VerifierChain;
withEngineAndChain((made) => {
  ({ engine, chain } = made);
});

describe.each(GROUPS.map((items, index) => ({ items, index })))("proof $index", ({ items, index: group }) => {
  let key: ProvingKey;
  let input: Int32Array[];
  let witness: Witness;
  let address: `0x${string}`;
  beforeAll(async () => {
    const next = random(SEED);
    const { circuit, program } = compileJoined(items, next);
    key = testKey(engine, circuit);
    input = extremeInputs(program, next, 4)[3];
    witness = computeWitness(key.plan, input);
    address = await deployForm(chain, key.verifyingKey, "universal");
  });

  test("the honest proof is accepted", async () => {
    const { proof, ...statement } = prove(key, input, context, { witness });
    verify(key.verifyingKey, statement, proof);
    expect(await chain.outcome(address, statement, proof), `seed ${SEED}`).toBe("accepted");
  });

  test.each(items.map(({ name }, index) => ({ name, index })))("a cheat in $name is refused", async ({ index }) => {
    const rows = rowsOf(key, index);
    const row = rows[Math.floor(rows.length / 2)];
    const cheats = cheatsAt(key.plan, witness, row);
    const turn = 5 * group + 3 * index;
    const tried = cheats.map((_, k) => cheats[(turn + k) % cheats.length]);
    for (const cheat of tried) {
      const cheated = proveCheat(key, input, cheat.witness);
      if (cheated === undefined) continue;
      const { proof, ...statement } = cheated;
      expect(await chain.outcome(address, statement, proof), `${cheat.name}, row ${row}`).toBe("PairingFailed");
      report("perturbations", `cheat in ${items[index].name}`, 1);
      return;
    }
    expect.unreachable("no cheat of this row has a proof");
  });
});

/** Rows of the circuit that are of one joined model. */
function rowsOf({ plan }: ProvingKey, index: number): number[] {
  return plan.circuit.segments
    .filter(({ name }) => name.startsWith(prefixOf(index)))
    .flatMap(({ start, count }) => Array.from({ length: count }, (_, i) => start + i));
}

/** Undefined where the bytes of an output cannot hold the cells. */
function proveCheat(key: ProvingKey, input: readonly Int32Array[], witness: Witness): Proof | undefined {
  try {
    return prove(key, input, context, { witness });
  } catch (error) {
    if (error instanceof PackingError) return undefined;
    throw error;
  }
}
