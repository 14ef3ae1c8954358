/** The generated Solidity verifier of an artifact, compiled. */
import type { Abi, Hex } from "viem";
import { compileVerifier } from "../verifier-gen/compile-solidity.ts";
import { generateVerifier } from "../verifier-gen/generate.ts";
import type { Artifact } from "./artifact.ts";

export interface BuiltVerifier {
  readonly contractName: string;
  readonly source: string;
  readonly abi: Abi;
  readonly bytecode: Hex;
  readonly runtimeBytes: number;
}

export async function buildVerifier(
  { verifyingKey }: Pick<Artifact, "verifyingKey">,
  contractName?: string,
): Promise<BuiltVerifier> {
  const { source, contractName: name } = generateVerifier(
    verifyingKey,
    contractName === undefined ? {} : { contractName },
  );
  const compiled = await compileVerifier(source, name);
  return { contractName: name, source, ...compiled };
}
