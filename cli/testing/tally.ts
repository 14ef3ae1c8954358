/** Counting what passed and what failed. A tool that ends without a report counts as one failure. */
import { readFileSync } from "node:fs";

export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

export const addTallies = (a: Tally, b: Tally): Tally => ({ passed: a.passed + b.passed, failed: a.failed + b.failed });

export const formatTally = ({ passed, failed }: Tally): string => `${passed} passed, ${failed} failed`;

/** One check that holds or does not: a linter, a type checker. */
export const checkTally = (ok: boolean): Tally => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1 });

/** The part of Vitest's JSON report that is counted. */
interface VitestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { status: string; assertionResults: readonly { status: string }[] }[];
}

/** Failed tests, plus files that failed without any test of theirs failing (they could not be loaded). */
export function vitestTally(reportFile: string): Tally {
  const report = readReport<VitestReport>(reportFile);
  if (report === undefined) return checkTally(false);
  const unloadable = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
  );
  const failed = report.numFailedTests + unloadable.length;
  return { passed: report.numPassedTests, failed: report.success ? failed : Math.max(failed, 1) };
}

/** The summary that cli/testing/solidity.ts writes. */
export function solidityTally(reportFile: string): Tally {
  return readReport<Tally>(reportFile) ?? checkTally(false);
}

function readReport<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}
