/**
 * The long form of the soundness suites: every tamper case, every wrong cell of every compiled operator, the long fuzz, every
 * mutant of the TypeScript verifier and of a generated contract.
 *
 *     node scripts/soundness.ts [--json FILE] [--every-cell]
 *
 * Writes {mutants, killed, survivors, tamperCases, perturbations, fuzzProofs, passed, failed}; exit code 1 when a test fails or a
 * mutant survives unexplained.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { vitestTally } from "../cli/testing/tally.ts";
import { mutateContract } from "./mutate-contract.ts";
import { mutateVerifier } from "./mutate-verifier.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { json, "every-cell": everyCell } = parseArgs({
  options: { json: { type: "string" }, "every-cell": { type: "boolean" } },
}).values;

const folder = mkdtempSync(join(tmpdir(), "gavel-soundness-"));
try {
  const counts = join(folder, "counts");
  const tallyFile = join(folder, "vitest.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${tallyFile}`];
  const hour = `--testTimeout=${60 * 60 * 1000}`;
  const tests = spawn(process.execPath, ["node_modules/.bin/vitest", "run", "test/soundness", hour, ...reporters], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: {
      ...process.env,
      GAVEL_SOUNDNESS_LONG: "1",
      GAVEL_SOUNDNESS_REPORT: counts,
      ...(everyCell && { GAVEL_SOUNDNESS_EVERY_CELL: "1" }),
    },
  });
  // Two processes: the tests in one, the mutants here.
  const ended = new Promise((resolve) => tests.on("close", resolve));
  const [verifier, contract] = [
    await mutateVerifier({ progress: console.error }),
    await mutateContract({ progress: console.error }),
  ];
  await ended;
  const tally = vitestTally(tallyFile);
  const totals = { tamperCases: 0, perturbations: 0, fuzzProofs: 0 };
  for (const file of readdirSync(counts)) {
    const { counter, count } = JSON.parse(readFileSync(join(counts, file), "utf8")) as {
      counter: keyof typeof totals;
      count: number;
    };
    totals[counter] += count;
  }
  const mutation = {
    mutants: verifier.mutants + contract.mutants,
    killed: verifier.killed + contract.killed,
    survivors: [...verifier.survivors, ...contract.survivors],
  };
  const unexplained = mutation.survivors.filter(({ why }) => why === "");
  for (const { where } of unexplained) console.error(`unexplained: ${where}`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ ...mutation, ...totals, ...tally }, null, 2)}\n`);
  const { mutants, killed } = mutation;
  console.log(
    `${mutants} mutants, ${killed} killed, ${unexplained.length} survive unexplained; ` +
      `${totals.tamperCases} tamper cases, ${totals.perturbations} perturbations, ${totals.fuzzProofs} random proofs`,
  );
  console.log(`${tally.passed} passed, ${tally.failed + unexplained.length} failed`);
  if (tally.failed + unexplained.length > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
