#!/usr/bin/env node
/** The command line: parse, run one command, turn its outcome into an exit code. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ExitCode, exitCodeOf } from "./exit-codes.ts";
import { explainOutsideError } from "./outside-errors.ts";
import { buildProgram } from "./program.ts";

const projectRoot = fileURLToPath(new URL("..", import.meta.url));
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const program = await buildProgram(process.argv.slice(2), { env: process.env, projectRoot, version });
const finish = (thrown: unknown) => {
  const error = explainOutsideError(thrown);
  program.context.output.error(error);
  return exitCodeOf(error);
};
// A fault outside the command's own promise leaves the process in an unknown state, so it ends here.
process.on("uncaughtException", (error) => process.exit(finish(error)));
// Whoever reads the answer may stop reading, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? ExitCode.ok : finish(error));
});

try {
  await program.run();
} catch (error) {
  process.exitCode = finish(error);
}
