import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  addTallies,
  failedFiles,
  failedTests,
  formatTally,
  secondRunTally,
  solidityTally,
  vitestTally,
} from "../../cli/testing/tally.ts";

const folder = mkdtempSync(join(tmpdir(), "gavel-tally-"));
afterAll(() => rmSync(folder, { recursive: true }));

function report(content: object, name = "report"): string {
  const file = join(folder, `${name}.json`);
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

describe("Vitest: failed files run again", () => {
  const tests = (names: string, failing: string) =>
    [...names].map((fullName) => ({ fullName, status: failing.includes(fullName) ? "failed" : "passed" }));
  const steady = { name: "steady", status: "passed", assertionResults: tests("abc", "") };
  const shaken = { name: "shaken", status: "failed", assertionResults: tests("def", "ef") };
  const broken = { name: "broken", status: "failed", assertionResults: [] };
  const first = report(
    { success: false, numPassedTests: 4, numFailedTests: 2, testResults: [steady, shaken, broken] },
    "first",
  );

  test("are those with a failed test and those that cannot be loaded", () => {
    expect(failedFiles(first)).toEqual(["shaken", "broken"]);
  });

  test("what failed is named by file and test, and by file where it cannot be loaded", () => {
    expect(failedTests(first, "")).toEqual(["shaken: e", "shaken: f", "broken"]);
  });

  test("what passes now counts as passed, and is named", () => {
    const testResults = [
      { ...shaken, status: "passed", assertionResults: tests("def", "") },
      { ...broken, status: "passed", assertionResults: tests("gh", "") },
    ];
    const second = report({ success: true, numPassedTests: 5, numFailedTests: 0, testResults }, "second");
    expect(secondRunTally(first, second)).toEqual({ passed: 8, failed: 0, unsteady: ["e", "f", "broken"] });
  });

  test("what fails again has failed", () => {
    const testResults = [{ ...shaken, assertionResults: tests("def", "f") }, broken];
    const second = report({ success: false, numPassedTests: 2, numFailedTests: 1, testResults }, "second");
    expect(secondRunTally(first, second)).toEqual({ passed: 5, failed: 2, unsteady: ["e"] });
  });

  test("a second run without a report has failed", () => {
    expect(secondRunTally(first, join(folder, "absent.json"))).toEqual({ passed: 3, failed: 1, unsteady: [] });
  });
});

test("a tool that leaves no report counts as one failure", () => {
  const absent = join(folder, "absent.json");
  expect(vitestTally(absent)).toEqual({ passed: 0, failed: 1 });
  expect(solidityTally(absent)).toEqual({ passed: 0, failed: 1 });
});

test("the last line", () => {
  expect(formatTally(addTallies({ passed: 3, failed: 0 }, { passed: 4, failed: 1 }))).toBe("7 passed, 1 failed");
});
