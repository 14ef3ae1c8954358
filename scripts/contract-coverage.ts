/**
 * Coverage of contracts/ by the Solidity tests, with Hardhat's instrumentation. Fails when a hand-written contract is below 95% of lines.
 *
 *   node scripts/contract-coverage.ts
 *
 * Generated verifiers are left out: the suites of test/verifier-gen run them, on proofs. The instrumentation costs gas, so tests that
 * count gas to the unit may fail here; whether tests pass is what `gavel test` says.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const LEAST_PERCENT = 95;
const root = join(import.meta.dirname, "..");
const report = join(root, "coverage", "lcov.info");

rmSync(report, { force: true });
spawnSync(process.execPath, [join(root, "node_modules/.bin/hardhat"), "test", "solidity", "--coverage"], {
  cwd: root,
  stdio: ["ignore", 2, 2],
});

interface FileCoverage {
  readonly file: string;
  readonly lines: number;
  readonly missed: readonly number[];
}

function readReport(text: string): FileCoverage[] {
  return text.split("end_of_record").flatMap((record) => {
    const file = /^SF:(.+)$/m.exec(record)?.[1].replace(/^.*(?=contracts\/)/, "");
    if (file === undefined || file.startsWith("contracts/generated/")) return [];
    const hits = [...record.matchAll(/^DA:(\d+),(\d+)/gm)].map(([, line, count]) => [Number(line), Number(count)]);
    return [{ file, lines: hits.length, missed: hits.filter(([, count]) => count === 0).map(([line]) => line) }];
  });
}

const files = readReport(readFileSync(report, "utf8"));
for (const { file, lines, missed } of files) {
  const percent = (100 * (lines - missed.length)) / Math.max(1, lines);
  console.log(
    `${percent.toFixed(1).padStart(6)}%  ${file}${missed.length > 0 ? `  not run: ${missed.join(", ")}` : ""}`,
  );
  if (percent < LEAST_PERCENT) process.exitCode = 1;
}
const [lines, missed] = files.reduce(([all, none], item) => [all + item.lines, none + item.missed.length], [0, 0]);
console.log(
  `${((100 * (lines - missed)) / lines).toFixed(1).padStart(6)}%  of ${lines} lines in ${files.length} files`,
);
