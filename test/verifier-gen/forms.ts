/** Both forms of a verifier, deployed. */
import type { Hex } from "viem";
import { buildVerifier, chooseVerifier, deployVerifier, type VerifierForm } from "../../api/verifier.ts";
import type { VerifyingKey } from "../../core/verifying-key.ts";
import type { VerifierChain } from "./chain.ts";

export const FORMS = ["standalone", "universal"] as const satisfies readonly VerifierForm[];

export async function standaloneCode(verifyingKey: VerifyingKey): Promise<Hex> {
  return (await buildVerifier({ verifyingKey })).bytecode;
}

/** Address that `verify` is called at. */
export async function deployForm(chain: VerifierChain, verifyingKey: VerifyingKey, form: VerifierForm): Promise<Hex> {
  return (await deployVerifier(await chooseVerifier({ verifyingKey }, form), chain.deploy)).address;
}
