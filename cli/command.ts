/** What a command is given, and what its module must offer. */
import type { Command } from "commander";
import type { Output } from "./output.ts";

export interface CommandContext {
  readonly output: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that holds package.json. */
  readonly projectRoot: string;
}

/** A command module exports `configure`, which adds arguments, options and an action to `command`. */
export interface CommandModule {
  configure(command: Command, context: CommandContext): void;
}

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** The command's `--json` takes a file to write figures to, instead of printing its answer as JSON. */
  readonly jsonFile?: boolean;
  readonly load: () => Promise<CommandModule>;
}
