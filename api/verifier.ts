/** The verifier of an artifact in its two forms: a contract of its own, or its key as data for the universal verifier. */
import { type Abi, type Address, bytesToHex, type Hex, hexToBytes } from "viem";
import { MAX_CODE_BYTES } from "../verifier-gen/code-size.ts";
import { compileVerifier, SMALL_SETTINGS } from "../verifier-gen/compile-solidity.ts";
import { generateVerifier } from "../verifier-gen/generate.ts";
import { UNIVERSAL_NAME, universalSource } from "../verifier-gen/universal/contract.ts";
import { creationCode, type UniversalKey, universalKey } from "../verifier-gen/universal/pages.ts";
import type { Artifact } from "./artifact.ts";

export type VerifierForm = "standalone" | "universal";

export interface BuiltVerifier {
  readonly contractName: string;
  readonly source: string;
  readonly abi: Abi;
  readonly bytecode: Hex;
  readonly runtimeBytes: number;
}

type Keyed = Pick<Artifact, "verifyingKey">;

/** The standalone form, compiled; for less code where it would pass the limit of a contract. */
export async function buildVerifier({ verifyingKey }: Keyed, contractName?: string): Promise<BuiltVerifier> {
  const { source, contractName: name } = generateVerifier(
    verifyingKey,
    contractName === undefined ? {} : { contractName },
  );
  const fast = await compileVerifier(source, name);
  const compiled = fast.runtimeBytes <= MAX_CODE_BYTES ? fast : await compileVerifier(source, name, SMALL_SETTINGS);
  return { contractName: name, source, ...compiled };
}

/** The contract that checks proofs for every model in the universal form. */
export async function buildUniversalVerifier(): Promise<BuiltVerifier> {
  const source = universalSource("gavel verifier --universal");
  return { contractName: UNIVERSAL_NAME, source, ...(await compileVerifier(source, UNIVERSAL_NAME)) };
}

export type ChosenVerifier =
  | { readonly form: "standalone"; readonly built: BuiltVerifier }
  | { readonly form: "universal"; readonly key: UniversalKey /** Why it was chosen. */; readonly reason: string };

/** The standalone form unless the universal one is asked for or the code would pass the limit of a contract. */
export async function chooseVerifier(artifact: Keyed, form?: VerifierForm, name?: string): Promise<ChosenVerifier> {
  const universal = (reason: string): ChosenVerifier => ({
    form: "universal",
    key: universalKey(artifact.verifyingKey),
    reason,
  });
  if (form === "universal") return universal("it was asked for");
  const built = await buildVerifier(artifact, name);
  if (built.runtimeBytes <= MAX_CODE_BYTES) return { form: "standalone", built };
  return universal(
    `a contract of its own would have ${built.runtimeBytes} bytes of code, above the limit of ${MAX_CODE_BYTES}`,
  );
}

export interface DeployedVerifier {
  /** Where `verify` is called. */
  readonly address: Address;
  readonly form: VerifierForm;
  /** The verifier behind a universal key. */
  readonly universal: Address | undefined;
  /** Code deployed for this model alone. */
  readonly codeBytes: number;
}

/** Deploys with `create`, which sends creation code and returns the contract's address. `universal` is one that stands already. */
export async function deployVerifier(
  chosen: ChosenVerifier,
  create: (creationCode: Hex) => Promise<Address>,
  universal?: Address,
): Promise<DeployedVerifier> {
  if (chosen.form === "standalone") {
    const { bytecode, runtimeBytes } = chosen.built;
    return { address: await create(bytecode), form: "standalone", universal: undefined, codeBytes: runtimeBytes };
  }
  const verifier = universal ?? (await create((await buildUniversalVerifier()).bytecode));
  const createCode = (code: Uint8Array): Promise<Address> => create(bytesToHex(creationCode(code)));
  const pages: Uint8Array[] = [];
  for (const page of chosen.key.pages) pages.push(hexToBytes(await createCode(page)));
  const address = await createCode(chosen.key.contractCode(hexToBytes(verifier), pages));
  return { address, form: "universal", universal: verifier, codeBytes: chosen.key.codeBytes };
}
