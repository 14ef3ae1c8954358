/**
 * Mutation testing of what holds money: the market, the registry, and their libraries. Changes one condition, operator, number, modifier
 * or statement at a time, puts calls of other code before their effects, and requires a Solidity test to fail.
 *
 *     node scripts/mutate-market.ts [--sample N] [--match TEXT] [--json FILE]
 *
 * `--match` keeps the mutants whose file, line and change contain the text. Writes {mutants, killed, survivors: [{where, why}]}.
 * Exit code 1 when a survivor is not explained in scripts/mutation/explained-market.ts.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runMutationCommand, spread } from "./mutation/command.ts";
import { explanationOf } from "./mutation/explained-market.ts";
import { createMarketSuite, NotSolidity } from "./mutation/market-suite.ts";
import type { MutateOptions, MutationReport } from "./mutation/report.ts";
import { type SolidityMutant, solidityMutants } from "./mutation/solidity-mutants.ts";

const root = join(import.meta.dirname, "..");

/** `PairingBatch` is a subject of scripts/mutate-contract.ts; consumers call `PackedOutput`, the market does not. */
const SUBJECTS =
  /^contracts\/(RequestMarket|ModelRegistry|base\/.*|types\/.*|libraries\/(?!PairingBatch|PackedOutput).*)\.sol$/;

export async function mutateMarket({
  sample,
  match = "",
  progress = () => {},
}: MutateOptions = {}): Promise<MutationReport> {
  const suite = await createMarketSuite();
  const all = [...suite.asts]
    .filter(([file]) => SUBJECTS.test(file))
    .flatMap(([file, ast]) => solidityMutants(file, readFileSync(join(root, file), "utf8"), ast));
  const chosen =
    sample === undefined
      ? all.filter((mutant) => whereOf(mutant).includes(match))
      : spread(
          all.filter(({ isCheck }) => isCheck),
          sample,
        );
  const survivors: MutationReport["survivors"][number][] = [];
  let mutants = 0;
  for (const mutant of chosen) {
    try {
      // An explained mutant counts as a survivor without being run.
      const why = explanationOf(mutant);
      if (why !== undefined || (await suite.killedBy(mutant.file, mutant.text)) === undefined) {
        survivors.push({ where: whereOf(mutant), why: why ?? "" });
        if (why === undefined) progress(`survives: ${whereOf(mutant)}`);
      }
      if (++mutants % 100 === 0) progress(`${mutants} of ${chosen.length} mutants, ${survivors.length} survive`);
    } catch (error) {
      // A change that the compiler refuses is no mutant.
      if (!(error instanceof NotSolidity)) throw error;
    }
  }
  return { mutants, killed: mutants - survivors.length, survivors };
}

const whereOf = ({ file, line, source, change }: SolidityMutant): string => `${file}:${line}: ${source} (${change})`;

if (import.meta.main) await runMutationCommand(mutateMarket);
