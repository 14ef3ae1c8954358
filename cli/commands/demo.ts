/** `gavel demo`: the main job end to end on a chain of our own, with a trained model. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, Option } from "commander";
import type { CommandContext } from "../command.ts";
import { DEMO_MODELS, type DemoModel, runDemo } from "../demo/run.ts";

export function configure(command: Command, { output, projectRoot }: CommandContext): void {
  command
    .addOption(new Option("--model <name>", "model to use").choices(DEMO_MODELS).default("lenet5"))
    .action(async ({ model }: { model: DemoModel }) => {
      const workspace = await mkdtemp(join(tmpdir(), "gavel-demo-"));
      try {
        const summary = await runDemo({ model, projectRoot, workspace, progress: output.progress });
        output.result(
          `settled: ${summary.model} proven in ${summary.proveMs} ms, proof ${summary.proofBytes} bytes, ` +
            `${summary.gasUsed} gas for the whole settlement, callback ${summary.callbackOk ? "succeeded" : "failed"}`,
          summary,
        );
        if (!summary.settled || !summary.callbackOk) process.exitCode = 1;
      } finally {
        await rm(workspace, { recursive: true, force: true });
      }
    });
}
