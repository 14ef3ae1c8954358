/** `gavel daemon`: watches a market, proves and settles, until it is told to stop. */
import { join } from "node:path";
import { type Command, Option } from "commander";
import { startDaemon } from "../../daemon/main.ts";
import { type DaemonConfig, flagOf, loadConfig, OPTION_NAMES, OPTIONS, SWITCHES } from "../../daemon/options.ts";
import { buildDashboard } from "../../dashboard/build.ts";
import type { CommandContext } from "../command.ts";

/** What a shell expects of a program that its signal ended. */
const FORCED = 130;

export function configure(command: Command, { output, projectRoot }: CommandContext): void {
  command.option("--config <file>", "JSON file with options by name");
  for (const name of OPTION_NAMES) {
    const flag = SWITCHES.includes(name) ? `${flagOf(name)} [true|false]` : `${flagOf(name)} <value>`;
    command.addOption(new Option(flag, OPTIONS[name].description));
  }
  command.action(async ({ config: file, ...flags }: { config?: string } & Record<string, unknown>) => {
    const config: DaemonConfig = loadConfig(flags, file);
    const stopped = stopSignal(config.stopGraceMs);
    const dashboard = config.dashboard ? await buildDashboard(join(projectRoot, "cache", "dashboard")) : undefined;
    const daemon = await startDaemon(config, dashboard === undefined ? {} : { dashboard });
    output.progress(`the daemon listens on ${daemon.url}`);
    await stopped;
    await daemon.stop();
    output.result("stopped", { stopped: true });
    // The embedded database and the HTTP server have ended; idle connections would keep the process for a few seconds.
    process.exit();
  });
}

/** Resolves at the first SIGTERM or SIGINT; a second one, or the end of the grace time, ends the process at once. */
function stopSignal(graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (): void => {
      if (asked) process.exit(FORCED);
      asked = true;
      setTimeout(() => process.exit(FORCED), graceMs).unref();
      resolve();
    };
    process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  });
}
