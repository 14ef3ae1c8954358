/**
 * The long form of the daemon's suites: 200 kills and more, a thousand requests at once, walks of kills, reorganizations and faults,
 * on the embedded database and, where the machine has a PostgreSQL server, on that with 1, 2 and 4 processes.
 *
 *     node scripts/daemon-long.ts --json FILE [--scale 0.1]
 *
 * Writes {requests, kills, reorgs, faults, lost, settledTwice, paidTwice, passed, failed, loads, postgres}; `lost`, `settledTwice` and `paidTwice`
 * are counted on the chain and in the store after each suite. `--scale` makes everything shorter. Exit code 1 when a test fails.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { addTallies, type Tally, vitestTally } from "../cli/testing/tally.ts";
import type { Counts, Load } from "../test/daemon/support/audit.ts";
import { startPostgres } from "../test/daemon/support/postgres.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { json, scale } = parseArgs({
  options: { json: { type: "string" }, scale: { type: "string", default: "1" } },
}).values;
const scaled = (count: number): string => String(Math.max(1, Math.round(count * Number(scale))));
/** For one test, however long. */
const TEST_TIMEOUT = `--testTimeout=${6 * 60 * 60 * 1000}`;

const folder = mkdtempSync(join(tmpdir(), "gavel-daemon-long-"));
const reportFile = join(folder, "counts");
let tally: Tally = { passed: 0, failed: 0 };

/** Runs suites of test/daemon in a process of their own, with settings in their environment. */
async function run(
  title: string,
  suites: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  console.error(`\n── ${title}`);
  const tallyFile = join(folder, "vitest.json");
  rmSync(tallyFile, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${tallyFile}`];
  const args = ["node_modules/.bin/vitest", "run", "--project", "contracts", ...suites, TEST_TIMEOUT, ...reporters];
  const env = { ...process.env, GAVEL_DAEMON_REPORT: reportFile, ...settings };
  await new Promise<void>((resolve) => {
    spawn(process.execPath, args, { cwd: root, stdio: ["ignore", 2, 2], env }).on("close", () => resolve());
  });
  tally = addTallies(tally, vitestTally(tallyFile));
}

const suite = (name: string): string => `test/daemon/${name}.chain.test.ts`;
const postgres = await startPostgres();
try {
  await run("walks", [suite("chaos")], { GAVEL_TEST_SEEDS: scaled(30) });
  await run("kills at every stage, and the other suites", ["test/daemon"], {
    GAVEL_TEST_ROUNDS: scaled(10),
    GAVEL_TEST_REQUESTS: scaled(1000),
  });
  for (const processes of postgres === undefined ? [] : [1, 2, 4]) {
    const settings = { GAVEL_TEST_POSTGRES: postgres!.url, GAVEL_TEST_PROCESSES: String(processes) };
    const suites = processes === 1 ? ["test/daemon"] : [suite("chaos"), suite("many")];
    const sizes = { GAVEL_TEST_SEEDS: scaled(4), GAVEL_TEST_REQUESTS: scaled(60) };
    await run(`PostgreSQL, ${processes} processes`, suites, { ...settings, ...sizes });
  }
  const totals: Record<keyof Counts, number> = {
    requests: 0,
    kills: 0,
    reorgs: 0,
    faults: 0,
    lost: 0,
    settledTwice: 0,
    paidTwice: 0,
  };
  const loads: Load[] = [];
  for (const line of existsSync(reportFile) ? readFileSync(reportFile, "utf8").trim().split("\n") : []) {
    const { load, ...counts } = JSON.parse(line) as Counts & { load?: Load };
    if (load !== undefined) loads.push(load);
    for (const [name, count] of Object.entries(counts)) totals[name as keyof Counts] += count;
  }
  const result = { ...totals, ...tally, loads, postgres: postgres?.version ?? null };
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
  console.log(
    Object.entries(result)
      .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
      .join(", "),
  );
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  const wrong = totals.lost + totals.settledTwice + totals.paidTwice;
  if (tally.failed > 0 || wrong > 0 || totals.requests === 0) process.exitCode = 1;
} finally {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
}
