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
import { FIXTURES, type Fixture } from "../test/soundness/support/proven.ts";
import { SOLC_SETTINGS } from "../verifier-gen/compile-solidity.ts";
import { type ContractMutant, contractMutants } from "./mutation/contract-mutants.ts";
import { createContractSuite } from "./mutation/contract-suite.ts";
import { explanationOf } from "./mutation/explained-contract.ts";
import type { MutateOptions, MutationReport } from "./mutation/report.ts";

/** The optimizer changes gas and not meaning, and takes most of the time of a mutant. */
const SETTINGS = { ...SOLC_SETTINGS, optimizer: { enabled: false } };

interface Chosen {
  readonly fixture: Fixture;
  readonly wanted: (mutants: readonly ContractMutant[]) => readonly ContractMutant[];
}

const checks = (mutants: readonly ContractMutant[]): ContractMutant[] => mutants.filter(({ isCheck }) => isCheck);

/** All of the contract with every kind of term, and the checks of the one with every visibility; a sample of the smallest's checks. */
function chosenMutants({ sample, match = "" }: MutateOptions): Chosen[] {
  const [tiny, mixed, veiled] = FIXTURES;
  if (sample === undefined) {
    const matching = (mutants: readonly ContractMutant[]) => mutants.filter((item) => whereOf(item).includes(match));
    return [
      { fixture: mixed, wanted: matching },
      { fixture: veiled, wanted: (mutants) => matching(checks(mutants)) },
    ];
  }
  const spread = (mutants: readonly ContractMutant[]) =>
    Array.from({ length: sample }, (_, i) => mutants[Math.floor(((i + 0.5) * mutants.length) / sample)]);
  return [{ fixture: tiny, wanted: (mutants) => spread(checks(mutants)) }];
}

export async function mutateContract(options: MutateOptions = {}): Promise<MutationReport> {
  const progress = options.progress ?? (() => {});
  const survivors: MutationReport["survivors"][number][] = [];
  let mutants = 0;
  for (const { fixture, wanted } of chosenMutants(options)) {
    const suite = await createContractSuite(fixture);
    try {
      await suite.calibrate(compile(suite.source));
      for (const mutant of wanted(contractMutants(suite.source))) {
        if ((await suite.killedBy(compile(mutant.text))) === undefined) {
          const why = explanationOf(mutant) ?? "";
          survivors.push({ where: `${fixture.title} ${whereOf(mutant)}`, why });
          if (why === "") progress(`survives: ${fixture.title} ${whereOf(mutant)}`);
        }
        if (++mutants % 100 === 0) progress(`${mutants} mutants, ${survivors.length} survive`);
      }
    } finally {
      await suite.close();
    }
  }
  return { mutants, killed: mutants - survivors.length, survivors };
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
