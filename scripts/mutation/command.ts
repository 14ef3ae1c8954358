/** What the commands that run mutants share. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { MutateOptions, MutationReport } from "./report.ts";

/** `--sample N`, `--match TEXT`, `--json FILE`; exit code 1 when a survivor is not explained. */
export async function runMutationCommand(mutate: (options: MutateOptions) => Promise<MutationReport>): Promise<void> {
  const { values } = parseArgs({
    options: { sample: { type: "string" }, match: { type: "string" }, json: { type: "string" } },
  });
  const report = await mutate({
    ...(values.sample === undefined ? {} : { sample: Number(values.sample) }),
    ...(values.match === undefined ? {} : { match: values.match }),
    progress: console.error,
  });
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  const unexplained = report.survivors.filter(({ why }) => why === "");
  for (const { where } of unexplained) console.error(`unexplained: ${where}`);
  console.log(`${report.mutants} mutants, ${report.killed} killed, ${unexplained.length} survive unexplained`);
  if (unexplained.length > 0) process.exitCode = 1;
}

/** `count` of the items, evenly apart. */
export function spread<T>(items: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / count)]);
}
