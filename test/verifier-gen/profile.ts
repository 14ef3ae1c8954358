/** Gas by section of a generated verifier, from a copy of it that records gas() after each section. */
import type { Statement } from "../../core/statement.ts";
import type { VerifyingKey } from "../../core/verifying-key.ts";
import { compileVerifier } from "../../verifier-gen/compile-solidity.ts";
import { LOOKUP_COMMENT } from "../../verifier-gen/emit/opening.ts";
import { planVerifier } from "../../verifier-gen/plan.ts";
import { renderSource } from "../../verifier-gen/render.ts";
import type { VerifierChain } from "./chain.ts";

/** Far above all memory of a verifier, so that marks overwrite nothing; its expansion cost is part of the first mark. */
const MARKS = 0x8000;

export interface SectionGas {
  readonly name: string;
  readonly gas: number;
}

/** The section whose part up to the second value is the lookups'. */
const SPLIT = "claims";

export async function profileSections(
  chain: VerifierChain,
  key: VerifyingKey,
  statement: Statement,
  proof: Uint8Array,
  settings?: object,
): Promise<SectionGas[]> {
  const plan = planVerifier(key);
  const sections = plan.sections.map((section) => section.name);
  const names = sections.flatMap((name) => (name === SPLIT ? ["lookups", name] : [name]));
  const mark = (i: number): string => `mstore(0x${(MARKS + 32 * i).toString(16)}, gas())`;
  const after: Record<string, string[]> = Object.fromEntries(
    sections.map((name) => [name, [mark(names.indexOf(name) + 1)]]),
  );
  after[sections[0]] = [mark(names.length), mark(0), mark(1)];
  after[sections[sections.length - 1]].push(
    `if gas() { return(0x${MARKS.toString(16)}, 0x${(32 * (names.length + 1)).toString(16)}) }`,
  );
  const fixed = markLookups(plan.program.fixed, mark(names.indexOf("lookups") + 1));
  const marked = { ...plan, program: { ...plan.program, fixed } };
  const source = renderSource(marked, "Profiled", undefined, { after });
  const { bytecode } = await compileVerifier(source, "Profiled", settings);
  const data = await chain.verify(await chain.deploy(bytecode), statement, proof);
  const marks = Array.from({ length: names.length + 1 }, (_, i) => Number(`0x${data.slice(2 + 64 * i, 66 + 64 * i)}`));
  return names.slice(1).map((name, i) => ({ name, gas: marks[i + 1] - marks[i + 2] }));
}

/** The lookup constraint is the first of the fixed values; the next one starts with a comment. */
function markLookups(fixed: readonly string[], mark: string): string[] {
  const end = fixed.findIndex((line, i) => i > fixed.indexOf(`// ${LOOKUP_COMMENT}`) && line.startsWith("//"));
  return [...fixed.slice(0, end), mark, ...fixed.slice(end)];
}
