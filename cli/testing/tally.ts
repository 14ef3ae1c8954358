/** Counting what passed and what failed. A tool that ends without a report counts as one failure. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";

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
  readonly testResults: readonly VitestFile[];
}

interface VitestFile {
  /** Path of the file. */
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
}

const isFailed = ({ status }: { readonly status: string }): boolean => status === "failed";
const isPassed = ({ status }: { readonly status: string }): boolean => status === "passed";

/** Failed tests, plus files that failed without any test of theirs failing (they could not be loaded). */
export function vitestTally(reportFile: string): Tally {
  const report = readReport<VitestReport>(reportFile);
  if (report === undefined) return checkTally(false);
  const unloadable = report.testResults.filter((file) => isFailed(file) && !file.assertionResults.some(isFailed));
  const failed = report.numFailedTests + unloadable.length;
  return { passed: report.numPassedTests, failed: report.success ? failed : Math.max(failed, 1) };
}

/** Paths of the files with a failure. */
export function failedFiles(reportFile: string): string[] {
  return (readReport<VitestReport>(reportFile)?.testResults ?? []).filter(isFailed).map(({ name }) => name);
}

/** `file: test` of every failed test, or the file alone where it could not be loaded. */
export function failedTests(reportFile: string, folder: string): string[] {
  const files = (readReport<VitestReport>(reportFile)?.testResults ?? []).filter(isFailed);
  return files.flatMap(({ name, assertionResults }) => {
    const file = relative(folder, name);
    const tests = assertionResults.filter(isFailed).map(({ fullName }) => `${file}: ${fullName}`);
    return tests.length === 0 ? [file] : tests;
  });
}

/** Of a run and one more of its failed files, which takes their place; `unsteady`: what failed first and passed then. */
export function secondRunTally(firstFile: string, secondFile: string): Tally & { readonly unsteady: string[] } {
  const first = readReport<VitestReport>(firstFile)!;
  const files = first.testResults.filter(isFailed);
  const replaced = files.flatMap(({ assertionResults }) => assertionResults.filter(isPassed)).length;
  const { passed, failed } = vitestTally(secondFile);
  const again = readReport<VitestReport>(secondFile)?.testResults.flatMap(({ assertionResults }) => assertionResults);
  const passedNow = new Set(again?.filter(isPassed).map(({ fullName }) => fullName));
  const unsteady = files.flatMap(({ name, assertionResults }) => {
    const tests = assertionResults.filter(isFailed).map(({ fullName }) => fullName);
    return tests.length === 0 && failed === 0 ? [name] : tests.filter((test) => passedNow.has(test));
  });
  return { passed: first.numPassedTests - replaced + passed, failed, unsteady };
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
