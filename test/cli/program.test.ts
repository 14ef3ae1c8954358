import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Command, CommanderError } from "commander";
import { describe, expect, test } from "vitest";
import type { CommandContext, CommandEntry } from "../../cli/command.ts";
import { commands } from "../../cli/commands/list.ts";
import { integerOption } from "../../cli/options.ts";
import { buildProgram } from "../../cli/program.ts";
import { captureStreams } from "../support/streams.ts";

/** Runs `gavel ...args` with two commands: `greet`, which answers, and `heavy`, which must not be loaded. */
async function runProgram(...args: string[]) {
  const loaded: string[] = [];
  const entries: CommandEntry[] = [
    {
      name: "greet",
      summary: "say hello",
      load: async () => {
        loaded.push("greet");
        return {
          configure: (command, { output }) =>
            void command.argument("<name>").action((name: string) => output.result(`hello ${name}`, { name })),
        };
      },
    },
    {
      name: "heavy",
      summary: "load a lot",
      load: async () => {
        loaded.push("heavy");
        return { configure: () => {} };
      },
    },
  ];
  const streams = captureStreams();
  const program = await buildProgram(args, { env: {}, projectRoot: "", version: "1.2.3", streams, entries });
  const error = await program.run().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { loaded, error, ...streams.text() };
}

test("a command of a command takes --json after its own name", async () => {
  const load = async () => ({
    configure: (command: Command, { output }: CommandContext) =>
      void command.command("back").action(() => output.result("hello", { hello: true })),
  });
  const streams = captureStreams();
  const entries = [{ name: "greet", summary: "say hello", load }];
  for (const args of [
    ["greet", "back", "--json"],
    ["greet", "--json", "back"],
  ]) {
    await (await buildProgram(args, { env: {}, projectRoot: "", version: "1", streams, entries })).run();
  }
  expect(streams.text().stdout).toBe('{"hello":true}\n'.repeat(2));
});

test("an option that is refused before --json is reached is an answer in JSON too", async () => {
  const streams = captureStreams();
  const load = async () => ({
    configure: (command: Command) => void command.option("--count <n>", "a number", integerOption("--count")),
  });
  const entries = [
    { name: "greet", summary: "say hello", load },
    { name: "measure", summary: "write figures", load, jsonFile: true as const },
  ];
  for (const name of ["greet", "measure"]) {
    const args = [name, "--count", "few", "--json", "figures.json"];
    const { context, run } = await buildProgram(args, { env: {}, projectRoot: "", version: "1", streams, entries });
    await run().catch((error: unknown) => context.output.error(error));
  }
  const { stdout } = streams.text();
  // The second takes a file for its figures: stdout is for people.
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({ error: { name: "Cli.OptionError", got: "few" } });
});

describe("a command", () => {
  test("is the only one loaded, and answers on stdout", async () => {
    const { loaded, stdout, error } = await runProgram("greet", "world");
    expect(error).toBeUndefined();
    expect(stdout).toBe("hello world\n");
    expect(loaded).toEqual(["greet"]);
  });

  test.each([[["--json", "greet", "world"]], [["greet", "world", "--json"]]])(
    "takes --json anywhere: %j",
    async (args) => {
      const { stdout } = await runProgram(...args);
      expect(stdout).toBe('{"name":"world"}\n');
    },
  );

  test("shows its help with the global options", async () => {
    const { stdout, error } = await runProgram("help", "greet");
    expect(error).toBeInstanceOf(CommanderError);
    expect(stdout).toContain("<name>");
    expect(stdout).toContain("--json");
  });
});

describe("without a known command", () => {
  test("--help lists every command and loads none", async () => {
    const { stdout, loaded } = await runProgram("--help");
    expect(stdout).toContain("say hello");
    expect(stdout).toContain("load a lot");
    expect(loaded).toEqual([]);
  });

  test("an unknown command is an error, and stdout stays empty", async () => {
    const { stdout, error } = await runProgram("gret");
    expect(error).toMatchObject({ code: "commander.unknownCommand" });
    expect(stdout).toBe("");
  });
});

test("each listed command's module offers configure, and has its name", async () => {
  for (const { name, load } of commands) {
    expect(existsSync(fileURLToPath(new URL(`../../cli/commands/${name}.ts`, import.meta.url))), name).toBe(true);
    expect((await load()).configure, name).toBeTypeOf("function");
  }
});
