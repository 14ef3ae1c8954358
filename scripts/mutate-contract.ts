/**
 * Mutation testing of the generated contract: removes and inverts each check, leaves out each statement, and requires an honest or an
 * altered proof to be answered otherwise by the contract on an in-process chain.
 *
 *     node scripts/mutate-contract.ts [--sample N] [--match TEXT] [--json FILE]
 *
 * Writes {mutants, killed, survivors: [{where, why}]}. Exit code 1 when a survivor is not explained in
 * scripts/mutation/explained-contract.ts.
 */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import type { Hex } from "viem";
import { FIXTURES } from "../test/soundness/support/proven.ts";
import { SOLC_SETTINGS } from "../verifier-gen/compile-solidity.ts";
import { type ContractMutant, contractMutants } from "./mutation/contract-mutants.ts";
import { createContractSuite } from "./mutation/contract-suite.ts";
import { explanationOf } from "./mutation/explained-contract.ts";
import type { MutateOptions, MutationReport } from "./mutation/report.ts";

/** The optimizer changes gas and not meaning, and takes most of the time of a mutant. */
const SETTINGS = { ...SOLC_SETTINGS, optimizer: { enabled: false } };

/** `sample` takes checks only, of the smallest contract. */
export async function mutateContract({
  sample,
  match = "",
  progress = () => {},
}: MutateOptions = {}): Promise<MutationReport> {
  const [small, large] = FIXTURES;
  const suite = await createContractSuite(sample === undefined ? large : small);
  try {
    const all = contractMutants(suite.source);
    const checks = all.filter(({ isCheck }) => isCheck);
    const chosen =
      sample === undefined
        ? all.filter((mutant) => whereOf(mutant).includes(match))
        : Array.from({ length: sample }, (_, i) => checks[Math.floor(((i + 0.5) * checks.length) / sample)]);
    await suite.calibrate(compile(suite.source));
    const survivors: MutationReport["survivors"][number][] = [];
    for (const [index, mutant] of chosen.entries()) {
      if ((await suite.killedBy(compile(mutant.text))) === undefined) {
        const why = explanationOf(mutant) ?? "";
        survivors.push({ where: whereOf(mutant), why });
        if (why === "") progress(`survives: ${whereOf(mutant)}`);
      }
      if (index % 100 === 99) progress(`${index + 1} of ${chosen.length} mutants, ${survivors.length} survive`);
    }
    return { mutants: chosen.length, killed: chosen.length - survivors.length, survivors };
  } finally {
    await suite.close();
  }
}

const whereOf = ({ line, source, change }: ContractMutant): string => `contract:${line}: ${source} (${change})`;

interface SolcOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Record<string, Record<string, { evm: { bytecode: { object: string } } }>>;
}

/** Warnings do not matter to a mutant; a change that is no Solidity is a mistake of the list. */
function compile(source: string): Hex {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };
  const input = {
    language: "Solidity",
    sources: { "Verifier.sol": { content: source } },
    settings: { ...SETTINGS, outputSelection: { "*": { "*": ["evm.bytecode.object"] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as SolcOutput;
  const [contract] = Object.values(output.contracts?.["Verifier.sol"] ?? {});
  if (contract === undefined) throw new Error(output.errors?.map((error) => error.formattedMessage).join("\n"));
  return `0x${contract.evm.bytecode.object}`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { sample: { type: "string" }, match: { type: "string" }, json: { type: "string" } },
  });
  const report = await mutateContract({
    ...(values.sample === undefined ? {} : { sample: Number(values.sample) }),
    ...(values.match === undefined ? {} : { match: values.match }),
    progress: console.error,
  });
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  const unexplained = report.survivors.filter(({ why }) => why === "");
  console.log(`${report.mutants} mutants, ${report.killed} killed, ${unexplained.length} survive unexplained`);
  if (unexplained.length > 0) process.exitCode = 1;
}
