import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { addTallies, formatTally, solidityTally, vitestTally } from "../../cli/testing/tally.ts";

const folder = mkdtempSync(join(tmpdir(), "gavel-tally-"));
afterAll(() => rmSync(folder, { recursive: true }));

function report(content: object): string {
  const file = join(folder, "report.json");
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const passedFile = { status: "passed", assertionResults: [{ status: "passed" }] };

test("Vitest: counts its tests", () => {
  const file = report({ success: true, numPassedTests: 7, numFailedTests: 0, testResults: [passedFile] });
  expect(vitestTally(file)).toEqual({ passed: 7, failed: 0 });
});

test("Vitest: a file that cannot be loaded counts as one failure, beside the tests that failed", () => {
  const failedFile = { status: "failed", assertionResults: [{ status: "passed" }, { status: "failed" }] };
  const unloadable = { status: "failed", assertionResults: [] };
  const testResults = [passedFile, failedFile, unloadable];
  const file = report({ success: false, numPassedTests: 2, numFailedTests: 1, testResults });
  expect(vitestTally(file)).toEqual({ passed: 2, failed: 2 });
});

test("Vitest: an error outside any test counts as a failure", () => {
  const file = report({ success: false, numPassedTests: 2, numFailedTests: 0, testResults: [passedFile] });
  expect(vitestTally(file)).toEqual({ passed: 2, failed: 1 });
});

test("a tool that leaves no report counts as one failure", () => {
  const absent = join(folder, "absent.json");
  expect(vitestTally(absent)).toEqual({ passed: 0, failed: 1 });
  expect(solidityTally(absent)).toEqual({ passed: 0, failed: 1 });
});

test("the last line", () => {
  expect(formatTally(addTallies({ passed: 3, failed: 0 }, { passed: 4, failed: 1 }))).toBe("7 passed, 1 failed");
});
