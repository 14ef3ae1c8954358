/**
 * Fails when a generated file differs from what its generator writes today.
 *
 * A generated file names its generator in its first lines (scripts/lib/generated-header.ts); the command is
 * `node <file> [args]`, or `npm run <name>` of a package script that is one.
 * Each named command runs once with `--check` appended. It must end with exit code 0 and leave every generated file as
 * it is, so a generator that ignores `--check` and rewrites is caught as well.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generatorOf } from "./lib/generated-header.ts";
import { listSourceFiles } from "./lib/source-files.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const GENERATED_PATH = /(^|\/)generated\/|\.gen\.[a-z]+$/;

const before = new Map<string, Buffer>();
const filesByCommand = new Map<string, string[]>();
const faults: string[] = [];

for (const file of listSourceFiles(root)) {
  const bytes = readFileSync(`${root}${file}`);
  const command = generatorOf(bytes.toString("utf8", 0, 600));
  if (command === undefined) {
    if (GENERATED_PATH.test(file)) faults.push(`${file}: its first lines do not say what generates it`);
    continue;
  }
  before.set(file, bytes);
  filesByCommand.set(command, [...(filesByCommand.get(command) ?? []), file]);
}

const { scripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { scripts: Record<string, string> };

/** The arguments for Node that run `command`, or undefined when it is not run by Node. */
function nodeArguments(command: string): string[] | undefined {
  const [, scriptName] = /^npm run (\S+)$/.exec(command) ?? [];
  const [program, ...args] = (scriptName === undefined ? command : (scripts[scriptName] ?? "")).split(" ");
  return program === "node" ? args : undefined;
}

for (const [command, files] of filesByCommand) {
  process.stderr.write(`${command} --check  (${files.length} files)\n`);
  const args = nodeArguments(command);
  if (args === undefined) {
    faults.push(`${files[0]}: its generator must be run as \`node <file>\` or a package script, not \`${command}\``);
    continue;
  }
  const { status } = spawnSync(process.execPath, [...args, "--check"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) faults.push(`\`${command} --check\` ended with exit code ${status}`);
  for (const file of files) {
    const written = before.get(file)!;
    if (readFileSync(`${root}${file}`).equals(written)) continue;
    writeFileSync(`${root}${file}`, written);
    faults.push(`${file}: differs from what \`${command}\` writes`);
  }
}

for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length > 0) process.exitCode = 1;
