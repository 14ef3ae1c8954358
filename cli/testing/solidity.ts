/**
 * Builds the contracts, runs the Solidity tests, and writes {passed, failed} to the file named by the first argument.
 * A process of its own, because Hardhat reads its configuration from the working directory when first imported.
 */
import { writeFileSync } from "node:fs";
import hre from "hardhat";
import type { Tally } from "./tally.ts";

/** What the task answers, success or not; its `summary` is only filled when Hardhat runs several test kinds at once. */
interface TestRun {
  readonly suiteResults: readonly { readonly testResults: readonly { readonly status: string }[] }[];
}

interface TestTaskResult {
  readonly success: boolean;
  readonly value?: TestRun;
  readonly error?: TestRun;
}

const reportFile = process.argv[2]!;
await hre.tasks.getTask("build").run({ quiet: true });
const result = (await hre.tasks.getTask(["test", "solidity"]).run({ noCompile: true })) as TestTaskResult;
const suites = (result.value ?? result.error)?.suiteResults ?? [];
const statuses = suites.flatMap(({ testResults }) => testResults.map(({ status }) => status));
const passed = statuses.filter((status) => status === "Success").length;
const failed = statuses.filter((status) => status === "Failure").length;
const endedWell = result.success && passed > 0;
writeFileSync(reportFile, JSON.stringify({ passed, failed: endedWell ? failed : Math.max(failed, 1) } satisfies Tally));
