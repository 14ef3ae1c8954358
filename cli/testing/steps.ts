/** The checks `gavel test` runs, in order. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import {
  checkTally,
  failedFiles,
  failedTests,
  secondRunTally,
  solidityTally,
  type Tally,
  vitestTally,
} from "./tally.ts";

export const GROUPS = ["lint", "unit", "contracts"] as const;
export type Group = (typeof GROUPS)[number];

export interface StepContext {
  readonly projectRoot: string;
  /** An empty folder for the tools' reports. */
  readonly reportFolder: string;
  /** Where the tools' output goes: stdout for people, stderr when stdout is kept for JSON. */
  readonly toolStdout: 1 | 2;
}

export interface Step {
  readonly title: string;
  readonly group: Group;
  run(context: StepContext): Promise<StepTally>;
}

/** `unsteady`: tests that failed and then passed when their files ran once more. `failures`: tests that failed to the end. */
export type StepTally = Tally & { readonly unsteady?: readonly string[]; readonly failures?: readonly string[] };

/** More files than these do not fail by chance. */
const MOST_FILES_AGAIN = 3;

export const STEPS: readonly Step[] = [
  check("lint", "format and lint", "node_modules/.bin/biome", "check", "--error-on-warnings", "."),
  check("lint", "lockfile is complete", "scripts/complete-lockfile.ts", "--check"),
  check("lint", "contracts build", "node_modules/.bin/hardhat", "build", "--quiet"),
  // The contract suites are typed by what the build writes.
  check("lint", "types", "node_modules/.bin/tsc", "--noEmit"),
  check("lint", "types of the dashboard", "node_modules/.bin/tsc", "--noEmit", "--project", "dashboard"),
  check("lint", "generated files are fresh", "scripts/check-generated.ts"),
  // Vitest leaves a processor free by default; these wait for nothing but processors.
  vitest("unit", "unit tests", "unit", "--maxWorkers=100%"),
  {
    title: "Solidity tests",
    group: "contracts",
    async run(context) {
      const report = join(context.reportFolder, "solidity.json");
      const ended = await runNode(context, ["cli/testing/solidity.ts", report]);
      return ended ? solidityTally(report) : checkTally(false);
    },
  },
  vitest("contracts", "contract tests", "contracts"),
  vitest("anvil", "contract tests on anvil", "contracts"),
];

function check(group: Group, title: string, ...command: string[]): Step {
  return { group, title, run: async (context) => checkTally(await runNode(context, command)) };
}

function vitest(project: "unit" | "contracts" | "anvil", title: string, group: Group, ...options: string[]): Step {
  return {
    title,
    group,
    async run(context) {
      const run = async (name: string, ...files: string[]): Promise<string> => {
        const report = join(context.reportFolder, `${name}.json`);
        const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
        const args = ["run", "--project", project, ...options, ...files, ...reporters];
        await runNode(context, ["node_modules/.bin/vitest", ...args]);
        return report;
      };
      const first = await run(project);
      const files = failedFiles(first);
      const failures = (report: string): string[] => failedTests(report, context.projectRoot);
      if (files.length === 0 || files.length > MOST_FILES_AGAIN)
        return { ...vitestTally(first), failures: failures(first) };
      const second = await run(`${project}-again`, ...files);
      return { ...secondRunTally(first, second), failures: failures(second) };
    },
  };
}

/** Runs one of the project's scripts under this Node, in the project's folder; true when it ends with exit code 0. */
function runNode({ projectRoot, toolStdout }: StepContext, args: readonly string[]): Promise<boolean> {
  const flags = ["--disable-warning=ExperimentalWarning"];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, ...args], {
      cwd: projectRoot,
      stdio: ["ignore", toolStdout, 2],
    });
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0));
  });
}
