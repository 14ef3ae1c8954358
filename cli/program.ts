/** Builds the command tree. Only the command named in `args` is loaded; the others are listed by name and summary. */
import { Command } from "commander";
import type { CommandContext, CommandEntry } from "./command.ts";
import { commands } from "./commands/list.ts";
import { createOutput, type Streams } from "./output.ts";

const JSON_OPTION = "print the answer as one line of JSON on stdout";

export interface Surroundings {
  readonly env: CommandContext["env"];
  readonly projectRoot: string;
  readonly version: string;
  readonly streams?: Streams;
  readonly entries?: readonly CommandEntry[];
}

export interface Program {
  readonly context: CommandContext;
  run(): Promise<void>;
}

export async function buildProgram(args: readonly string[], surroundings: Surroundings): Promise<Program> {
  const { env, projectRoot, version, streams = process, entries = commands } = surroundings;
  const program = new Command("gavel")
    .description("Proves that an ONNX model gave an answer, and settles that answer on Ethereum.")
    .version(version)
    .option("--json", JSON_OPTION)
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
    })
    .showHelpAfterError("(gavel --help lists the commands)")
    .enablePositionalOptions()
    .exitOverride();

  const wantsJson = (command: Command): boolean =>
    command.opts<{ json?: unknown }>().json === true || command.commands.some(wantsJson);
  const named = args.filter((arg) => !arg.startsWith("-") && arg !== "help")[0];
  const takesFile = entries.some(({ name, jsonFile }) => name === named && jsonFile);
  // An option that is refused ends the parsing, maybe before --json is reached.
  const output = createOutput(() => wantsJson(program) || (!takesFile && args.includes("--json")), streams);
  const context = { output, env, projectRoot };

  for (const entry of entries) {
    const command = program.command(entry.name).description(entry.summary);
    command.option(
      entry.jsonFile ? "--json <file>" : "--json",
      entry.jsonFile ? "write the figures there as JSON" : JSON_OPTION,
    );
    if (entry.name === named) (await entry.load()).configure(command, context);
    for (const subcommand of command.commands) subcommand.option("--json", JSON_OPTION);
  }
  return { context, run: async () => void (await program.parseAsync(args, { from: "user" })) };
}
