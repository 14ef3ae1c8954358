/** A prover that follows the protocol with cells of the attacker's choice. */
import { PackingError } from "../../../core/packing.ts";
import { prove } from "../../../prover/prove.ts";
import type { ProvingKey } from "../../../prover/setup.ts";
import type { Witness } from "../../../prover/witness.ts";
import { context, outcome } from "./proven.ts";

/** The verifier's answer to a witness, or "not expressible" where the bytes of an output cannot hold its cells. */
export function attack(key: ProvingKey, input: readonly ArrayLike<number>[], witness: Witness): string {
  try {
    const { proof, ...statement } = prove(key, input, context, { witness });
    return outcome({ key: key.verifyingKey, statement, proof });
  } catch (error) {
    if (error instanceof PackingError) return "not expressible";
    throw error;
  }
}
