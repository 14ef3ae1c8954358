/** `gavel test`: every check of the project; the last line is `N passed, N failed`. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Command, Option } from "commander";
import type { CommandContext } from "../command.ts";
import { requireClone } from "../contracts.ts";
import { ExitCode } from "../exit-codes.ts";
import { runDaemonLong } from "../testing/daemon.ts";
import { runSoundness } from "../testing/soundness.ts";
import { GROUPS, type Group, STEPS, type StepTally } from "../testing/steps.ts";
import { addTallies, formatTally, type Tally } from "../testing/tally.ts";

export function configure(command: Command, context: CommandContext): void {
  command
    .addOption(new Option("--only <group>", "run one group of checks").choices(GROUPS))
    .option("--soundness", "attack the verifiers at length instead: every tamper case, forged witness and mutant")
    .option("--daemon", "kill, deceive and load the daemon at length instead")
    .argument("[file]", "with --soundness or --daemon and --json: where to write the figures")
    .action(async (file: string | undefined, options: { only?: Group; soundness?: boolean; daemon?: boolean }) => {
      await requireClone(context.projectRoot, "test");
      if (options.soundness === true) return attackVerifiers(file, context);
      if (options.daemon === true) return wearDownDaemon(file, context);
      return runSteps(options.only, context);
    });
}

async function attackVerifiers(file: string | undefined, { output, projectRoot }: CommandContext): Promise<void> {
  const jsonFile = file === undefined ? undefined : resolve(file);
  const passed = await runSoundness(projectRoot, jsonFile, output.json ? 2 : 1);
  if (!passed) process.exitCode = ExitCode.badInput;
  output.result(passed ? "no attack succeeded" : "an attack succeeded or a mutant survives unexplained", {
    passed,
    ...(jsonFile === undefined ? {} : { file: jsonFile }),
  });
}

async function wearDownDaemon(file: string | undefined, { output, projectRoot }: CommandContext): Promise<void> {
  const jsonFile = file === undefined ? undefined : resolve(file);
  const passed = await runDaemonLong(projectRoot, jsonFile, output.json ? 2 : 1);
  if (!passed) process.exitCode = ExitCode.badInput;
  output.result(
    passed ? "nothing was lost, settled twice or paid twice" : "a test failed, or a request was mistreated",
    {
      passed,
      ...(jsonFile === undefined ? {} : { file: jsonFile }),
    },
  );
}

async function runSteps(only: Group | undefined, { output, projectRoot }: CommandContext): Promise<void> {
  const reportFolder = await mkdtemp(join(tmpdir(), "gavel-test-"));
  const rows: (StepTally & { title: string; elapsedMs: number })[] = [];
  try {
    for (const step of STEPS.filter(({ group }) => only === undefined || group === only)) {
      output.progress(`\n── ${step.title}`);
      const startMs = performance.now();
      const tally = await step.run({ projectRoot, reportFolder, toolStdout: output.json ? 2 : 1 });
      rows.push({ ...tally, title: step.title, elapsedMs: Math.round(performance.now() - startMs) });
    }
  } finally {
    await rm(reportFolder, { recursive: true, force: true });
  }

  output.progress("");
  for (const { title, elapsedMs, ...tally } of rows) {
    output.progress(`${title.padEnd(32)} ${formatTally(tally).padEnd(24)} ${(elapsedMs / 1000).toFixed(1)} s`);
  }
  for (const test of rows.flatMap(({ failures }) => failures ?? [])) output.progress(`failed: ${test}`);
  for (const test of rows.flatMap(({ unsteady }) => unsteady ?? [])) output.progress(`failed, then passed: ${test}`);
  const total = rows.reduce<Tally>(addTallies, { passed: 0, failed: 0 });
  if (total.failed > 0) process.exitCode = ExitCode.badInput;
  output.result(formatTally(total), { passed: total.passed, failed: total.failed, steps: rows });
}
