/** What a generated contract may answer where the TypeScript verifier throws. */
import type { Hex } from "viem";
import type { VerifierChain } from "../../verifier-gen/chain.ts";
import { outcome } from "./proven.ts";
import { nameOf, type Proven, type Tamper } from "./tampers.ts";

/**
 * The contract checks scalars as it reads them and coordinates only when a precompile meets them, so a wrong hint can come before
 * either.
 */
const AGREE: Record<string, readonly string[]> = {
  accepted: ["accepted"],
  "Proof.ShapeError": ["ProofLength", "NonCanonicalWord", "PrecompileFailed", "OpeningHint"],
  "Statement.StatementError": ["InputLength", "OutputLength"],
  "Statement.PreimageError": ["PreimageHash", "OpeningHint"],
  "Verifier.OpeningHintError": ["OpeningHint"],
  "Verifier.PointError": ["PrecompileFailed", "OpeningHint"],
  "Verifier.PairingError": ["PairingFailed"],
};

export interface Verdicts {
  /** Cases that either verifier accepts. */
  readonly accepted: readonly string[];
  /** Cases on which the two differ. */
  readonly disagreements: readonly string[];
}

export async function verdicts(
  chain: VerifierChain,
  address: Hex,
  cases: readonly (Tamper | Proven)[],
): Promise<Verdicts> {
  const accepted: string[] = [];
  const disagreements: string[] = [];
  for (const item of cases) {
    const name = "way" in item ? nameOf(item) : "honest";
    const here = outcome(item);
    const there = await chain.outcome(address, item.statement, item.proof);
    if (here === "accepted" || there === "accepted") accepted.push(name);
    if (!AGREE[here]?.includes(there)) disagreements.push(`${name}: ${here}, ${there}`);
  }
  return { accepted, disagreements };
}

/** What `verdicts` says when both verifiers refuse every case. */
export const ALL_REFUSED: Verdicts = { accepted: [], disagreements: [] };
