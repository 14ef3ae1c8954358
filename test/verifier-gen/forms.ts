/** Both forms of a verifier, deployed. */
import { bytesToHex, type Hex, hexToBytes } from "viem";
import type { VerifyingKey } from "../../core/verifying-key.ts";
import { type CompiledVerifier, compileVerifier } from "../../verifier-gen/compile-solidity.ts";
import { generateVerifier } from "../../verifier-gen/generate.ts";
import { UNIVERSAL_NAME, universalSource } from "../../verifier-gen/universal/contract.ts";
import { creationCode, universalKey } from "../../verifier-gen/universal/pages.ts";
import type { VerifierChain } from "./chain.ts";

export const FORMS = ["standalone", "universal"] as const;
export type Form = (typeof FORMS)[number];

export async function standaloneCode(key: VerifyingKey): Promise<Hex> {
  const { source, contractName } = generateVerifier(key);
  return (await compileVerifier(source, contractName)).bytecode;
}

let universal: Promise<CompiledVerifier> | undefined;

export function compiledUniversal(): Promise<CompiledVerifier> {
  universal ??= compileVerifier(universalSource("test"), UNIVERSAL_NAME);
  return universal;
}

/** Address that `verify` is called at. */
export async function deployForm(chain: VerifierChain, key: VerifyingKey, form: Form): Promise<Hex> {
  if (form === "standalone") return chain.deploy(await standaloneCode(key));
  return deployKey(chain, key, await chain.deploy((await compiledUniversal()).bytecode));
}

export async function deployKey(chain: VerifierChain, key: VerifyingKey, verifier: Hex): Promise<Hex> {
  const { pages, contractCode } = universalKey(key);
  const addresses: Uint8Array[] = [];
  for (const page of pages) addresses.push(hexToBytes(await chain.deploy(bytesToHex(creationCode(page)))));
  return chain.deploy(bytesToHex(creationCode(contractCode(hexToBytes(verifier), addresses))));
}
