/**
 * Mutation testing of the Solidity that decides about proofs: the generated contract, the universal verifier and the library that joins
 * pairings. Removes and inverts each check, leaves out each statement, and requires an honest or an altered proof to be answered
 * otherwise on an in-process chain.
 *
 *     node scripts/mutate-contract.ts [--sample N] [--match TEXT] [--json FILE]
 *
 * Writes {mutants, killed, survivors: [{where, why}]}. Exit code 1 when a survivor is not explained in
 * scripts/mutation/explained-contract.ts.
 */
import { createRequire } from "node:module";
import type { Hex } from "viem";
import { FIXTURES } from "../test/soundness/support/proven.ts";
import { SOLC_SETTINGS } from "../verifier-gen/compile-solidity.ts";
import { runMutationCommand, spread } from "./mutation/command.ts";
import { type ContractMutant, contractMutants } from "./mutation/contract-mutants.ts";
import { type Subject, standalone, universal } from "./mutation/contract-subjects.ts";
import { createContractSuite } from "./mutation/contract-suite.ts";
import { explanationOf } from "./mutation/explained-contract.ts";
import { pairingBatch } from "./mutation/pairing-batch.ts";
import type { MutateOptions, MutationReport } from "./mutation/report.ts";

/** The optimizer changes gas and not meaning, and takes most of the time of a mutant. */
const SETTINGS = { ...SOLC_SETTINGS, optimizer: { enabled: false } };

const SUBJECTS: readonly (() => Promise<Subject>)[] = [
  ...FIXTURES.slice(1).map((fixture) => () => standalone(fixture)),
  universal,
  pairingBatch,
];

/** The short form takes a sample of the checks of the smallest contract. */
export async function mutateContract(options: MutateOptions = {}): Promise<MutationReport> {
  const { sample, match = "", progress = () => {} } = options;
  const survivors: MutationReport["survivors"][number][] = [];
  let mutants = 0;
  for (const prepare of sample === undefined ? SUBJECTS : [() => standalone(FIXTURES[0])]) {
    const subject = await prepare();
    const { title, source, caller } = subject;
    const compileWith = (text: string) => compile(`${text}${caller?.source ?? ""}`, caller?.name);
    const where = (mutant: ContractMutant): string => `${title} ${whereOf(mutant)}`;
    try {
      const suite = createContractSuite(subject.stands);
      await suite.calibrate(compileWith(source));
      const all = contractMutants(source);
      const chosen =
        sample === undefined
          ? all.filter((mutant) => where(mutant).includes(match))
          : spread(all.filter(isCheck), sample);
      for (const mutant of chosen) {
        if ((await suite.killedBy(compileWith(mutant.text))) === undefined) {
          const why = explanationOf(mutant) ?? "";
          survivors.push({ where: where(mutant), why });
          if (why === "") progress(`survives: ${where(mutant)}`);
        }
        if (++mutants % 100 === 0) progress(`${mutants} mutants, ${survivors.length} survive`);
      }
    } finally {
      await subject.close();
    }
  }
  return { mutants, killed: mutants - survivors.length, survivors };
}

const isCheck = (mutant: ContractMutant): boolean => mutant.isCheck;

const whereOf = ({ line, source, change }: ContractMutant): string => `line ${line}: ${source} (${change})`;

interface SolcOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Record<string, Record<string, { evm: { bytecode: { object: string } } }>>;
}

/** Warnings do not matter to a mutant; a change that is no Solidity is a mistake of the list. Without a name, the only contract. */
function compile(source: string, name?: string): Hex {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };
  const input = {
    language: "Solidity",
    sources: { "Verifier.sol": { content: source } },
    settings: { ...SETTINGS, outputSelection: { "*": { "*": ["evm.bytecode.object"] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as SolcOutput;
  const contracts = output.contracts?.["Verifier.sol"] ?? {};
  const contract = name === undefined ? Object.values(contracts)[0] : contracts[name];
  if (contract === undefined) throw new Error(output.errors?.map((error) => error.formattedMessage).join("\n"));
  return `0x${contract.evm.bytecode.object}`;
}

if (import.meta.main) await runMutationCommand(mutateContract);
