/** Gas by section of a generated verifier, from a copy of it that records gas() after each section. */
import type { Statement } from "../../core/claims.ts";
import type { VerifyingKey } from "../../core/verifying-key.ts";
import { compileVerifier } from "../../verifier-gen/compile-solidity.ts";
import { planVerifier } from "../../verifier-gen/plan.ts";
import { renderSource } from "../../verifier-gen/render.ts";
import type { VerifierChain } from "./chain.ts";

/** Far above all memory of a verifier, so that marks overwrite nothing; its expansion cost is part of the first mark. */
const MARKS = 0x8000;

export interface SectionGas {
  readonly name: string;
  readonly gas: number;
}

export async function profileSections(
  chain: VerifierChain,
  key: VerifyingKey,
  statement: Statement,
  proof: Uint8Array,
  settings?: object,
): Promise<SectionGas[]> {
  const plan = planVerifier(key);
  const names = plan.sections.map((section) => section.name);
  const mark = (i: number): string => `mstore(0x${(MARKS + 32 * i).toString(16)}, gas())`;
  const after: Record<string, string[]> = Object.fromEntries(names.map((name, i) => [name, [mark(i + 1)]]));
  after[names[0]] = [mark(names.length), mark(0), mark(1)];
  after[names[names.length - 1]].push(
    `if gas() { return(0x${MARKS.toString(16)}, 0x${(32 * (names.length + 1)).toString(16)}) }`,
  );
  const source = renderSource(plan, "Profiled", undefined, { after });
  const { bytecode } = await compileVerifier(source, "Profiled", settings);
  const data = await chain.verify(await chain.deploy(bytecode), statement, proof);
  const marks = Array.from({ length: names.length + 1 }, (_, i) => Number(`0x${data.slice(2 + 64 * i, 66 + 64 * i)}`));
  return names.slice(1).map((name, i) => ({ name, gas: marks[i + 1] - marks[i + 2] }));
}
