/**
 * Mutation testing of the verifier: changes one check at a time in a copy of verifier/ and core/ and requires the kill suite to notice.
 *
 *     node scripts/mutate-verifier.ts [--sample N] [--match TEXT] [--json FILE]
 *
 * `--match` keeps the mutants of files and lines that contain the text.
 *
 * Writes {mutants, killed, survivors: [{where, why}]}. Exit code 1 when a survivor is not explained in scripts/mutation/explained.ts.
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runMutationCommand } from "./mutation/command.ts";
import { EXPLAINED } from "./mutation/explained.ts";
import { makeFixtures } from "./mutation/fixtures.ts";
import { type Mutant, mutantKey, mutantsOf } from "./mutation/mutants.ts";
import type { MutateOptions, MutationReport } from "./mutation/report.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const killSuite = fileURLToPath(new URL("mutation/kill-suite.ts", import.meta.url));

/** Everything a verifier runs, but for the arithmetic of the field and the description of the messages, which every proof exercises. */
const FILES = [
  "verifier/verify.ts",
  "verifier/messages.ts",
  "verifier/sumcheck.ts",
  "verifier/opening.ts",
  "core/claims.ts",
  "core/lookup.ts",
  "core/opening.ts",
  "core/proof.ts",
  "core/packing.ts",
  "core/piecewise.ts",
  "core/weights.ts",
  "core/stack.ts",
  "core/statement.ts",
  "core/transcript.ts",
  "core/verifying-key.ts",
];

/** What the short form changes: statements and conditions of the files that hold the checks proper. */
const CHECKS = /^(statement removed|condition always)/;
const SHORT_FILES = /^verifier|^core\/(proof|transcript|verifying-key)/;

/** A mutant that takes this many times as long as the suite without a mutation does not end. */
const TIMES_BASELINE = 8;
const LEAST_TIMEOUT_MS = 60_000;
const BASELINE_TIMEOUT_MS = 600_000;
/** Modules stay loaded for the life of a process. */
const MUTANTS_PER_PROCESS = 150;

/** `sample` takes mutants of the checks proper, on the proofs of two circuits. */
export async function mutateVerifier({
  sample,
  match = "",
  progress = () => {},
}: MutateOptions = {}): Promise<MutationReport> {
  const all = FILES.flatMap((file) => mutantsOf(file, readFileSync(join(root, file), "utf8"))).filter(parses);
  const checks = all.filter(({ file, change }) => CHECKS.test(change) && SHORT_FILES.test(file));
  const chosen =
    sample === undefined
      ? all.filter((mutant) => mutantKey(mutant).includes(match))
      : Array.from({ length: sample }, (_, i) => checks[Math.floor(((i + 0.5) * checks.length) / sample)]);
  const folder = mkdtempSync(join(tmpdir(), "gavel-mutants-"));
  const runner = createRunner(folder);
  const survivors: Mutant[] = [];
  try {
    writeFileSync(join(folder, "fixtures.bin"), await makeFixtures(sample === undefined));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const baseline = await runner.run("baseline");
    if (baseline !== undefined) throw new Error(`the kill suite fails without a mutation: ${baseline}`);
    for (const [index, mutant] of chosen.entries()) {
      // An explained mutant counts as a survivor without being run: it would take the whole suite.
      const killedBy = mutantKey(mutant) in EXPLAINED ? undefined : await runner.run(`m${index}`, mutant);
      if (killedBy === undefined) {
        survivors.push(mutant);
        if (!(mutantKey(mutant) in EXPLAINED))
          progress(`survives: ${mutant.file}:${mutant.line}: ${mutant.change}: ${mutant.source}`);
      }
      if (index % 100 === 99) progress(`${index + 1} of ${chosen.length} mutants, ${survivors.length} survive`);
    }
  } finally {
    runner.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    mutants: chosen.length,
    killed: chosen.length - survivors.length,
    survivors: survivors.map((mutant) => ({
      where: `${mutant.file}:${mutant.line}: ${mutant.source} (${mutant.change})`,
      why: EXPLAINED[mutantKey(mutant)] ?? "",
    })),
  };
}

const PARTS = ["core", "verifier"];
const scriptName = (file: string): string => file.replace(/\.ts$/, ".js");

/** JavaScript that imports JavaScript: types are taken off once here, and not again for every mutant. */
function toScript(text: string): string {
  return stripTypeScriptTypes(text).replace(/(from "\.[^"]*)\.ts"/g, '$1.js"');
}

function parses({ text }: Mutant): boolean {
  try {
    return toScript(text) !== "";
  } catch {
    return false;
  }
}

/** Runs mutants one after another in a child process that is replaced when it hangs. */
function createRunner(folder: string) {
  let child: ChildProcess | undefined;
  let used = 0;
  const files = PARTS.flatMap((part) => readdirSync(join(root, part)).map((file) => `${part}/${file}`)).filter((file) =>
    file.endsWith(".ts"),
  );
  const scripts = files.map((file) => [file, toScript(readFileSync(join(root, file), "utf8"))] as const);
  const close = (): void => {
    child?.kill("SIGKILL");
    child = undefined;
  };
  let timeoutMs = BASELINE_TIMEOUT_MS;
  const run = (name: string, mutant?: Mutant): Promise<string | undefined> => {
    const copy = join(folder, name);
    mkdirSync(copy);
    for (const part of PARTS) mkdirSync(join(copy, part));
    for (const [file, script] of scripts) writeFileSync(join(copy, scriptName(file)), script);
    if (mutant !== undefined) writeFileSync(join(copy, scriptName(mutant.file)), toScript(mutant.text));
    if (used++ % MUTANTS_PER_PROCESS === 0) close();
    child ??= fork(killSuite, [join(folder, "fixtures.bin")], {
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const running = child;
    const startMs = performance.now();
    return new Promise((resolve) => {
      const finish = (killedBy: string | undefined, lost: boolean): void => {
        clearTimeout(timer);
        if (mutant === undefined)
          timeoutMs = Math.max(LEAST_TIMEOUT_MS, TIMES_BASELINE * (performance.now() - startMs));
        running.removeAllListeners();
        if (lost) close();
        rmSync(copy, { recursive: true, force: true });
        resolve(killedBy);
      };
      const timer = setTimeout(() => finish("does not end", true), timeoutMs);
      running.once("message", (message: { killedBy?: string }) => finish(message.killedBy, false));
      running.once("exit", () => finish("the process ends", true));
      running.send(copy);
    });
  };
  return { run, close };
}

if (import.meta.main) await runMutationCommand(mutateVerifier);
