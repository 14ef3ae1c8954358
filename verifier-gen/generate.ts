/**
 * One Solidity contract per verifying key.
 *
 * The claims become a graph of expressions (`graph/`), printed as straight Yul; transcript, rounds, public data and curve operations
 * are short templates around it (`emit/`). Nothing of the circuit is read at run time: every length, offset and weight is in the code.
 */
import type { VerifyingKey } from "../core/verifying-key.ts";
import { checkKey } from "./key.ts";
import { checkContractName, contractNameOf } from "./names.ts";
import { type PlanOptions, planVerifier } from "./plan.ts";
import { renderSource } from "./render.ts";

export interface GenerateOptions extends PlanOptions {
  readonly contractName?: string;
  /** Command named in the header of a generated file that is kept in a repository. */
  readonly command?: string;
}

export interface GeneratedVerifier {
  readonly source: string;
  readonly contractName: string;
}

export function generateVerifier(key: VerifyingKey, options: GenerateOptions = {}): GeneratedVerifier {
  const contractName = options.contractName ?? contractNameOf(key.circuit.name);
  checkContractName(contractName);
  checkKey(key);
  return { contractName, source: renderSource(planVerifier(key, options), contractName, options.command) };
}
