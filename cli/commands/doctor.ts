/** `gavel doctor`: looks at the machine and, with a daemon's configuration, at all that daemon needs. Changes nothing on chain. */
import type { Command } from "commander";
import { loadConfig } from "../../daemon/options.ts";
import type { CommandContext } from "../command.ts";
import type { Finding } from "../doctor/check.ts";
import { checkDaemon } from "../doctor/daemon.ts";
import { checkMachine } from "../doctor/machine.ts";
import { ExitCode } from "../exit-codes.ts";

export function configure(command: Command, { output }: CommandContext): void {
  command
    .option("--config <file>", "the daemon's configuration; its environment names count too")
    .action(async ({ config: file }: { config?: string }) => {
      const findings = await checkMachine();
      if (file !== undefined) findings.push(...(await checkDaemon(loadConfig({}, file))));
      const isWell = findings.every(({ outcome }) => outcome === "ok" || outcome === "warning");
      if (!isWell) process.exitCode = ExitCode.badInput;
      output.result(findings.map(toText).join("\n"), { ok: isWell, findings });
    });
}

function toText({ name, outcome, found, remedy }: Finding): string {
  const line = `${outcome.padEnd(8)} ${name.padEnd(24)} ${found}`;
  return remedy === undefined ? line : `${line}\n${" ".repeat(9)}${remedy}`;
}
