/**
 * Branch coverage of contracts/ by the Solidity tests: every condition of an `if`, a ternary, a `require` or a loop must have been seen
 * true and false. Fails below 95%.
 *
 *   node scripts/contract-branches.ts
 *
 * Hardhat reports lines. So each condition c of a copy of the contracts becomes `c ? whenTrue() : whenFalse()`, two functions with a
 * line of their own, found by the positions of the compiler's syntax tree. Conditions in assembly cannot call functions; they are
 * counted and left out. Whether tests pass is what `gavel test` says: the copy costs more gas.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { listSourceFiles } from "./lib/source-files.ts";

const LEAST_PERCENT = 95;
const CONDITIONAL = new Set(["IfStatement", "Conditional", "ForStatement", "WhileStatement", "DoWhileStatement"]);
const root = join(import.meta.dirname, "..");

interface AstNode {
  readonly nodeType: string;
  /** start:length:file, in bytes. */
  readonly src: string;
  readonly condition?: AstNode | null;
  readonly expression?: AstNode & { readonly name?: string };
  readonly arguments?: readonly AstNode[];
}

interface Condition {
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

interface Branches {
  readonly file: string;
  readonly conditions: readonly Condition[];
  readonly inAssembly: number;
}

const files = listSourceFiles(root).filter((file) => /^contracts\/(?!generated\/).*\.sol$/.test(file));
const sources = new Map(files.map((file) => [file, readFileSync(join(root, file))]));
const branches = findBranches();
const copy = mkdtempSync(join(tmpdir(), "gavel-branches-"));
try {
  report(measure());
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function findBranches(): Branches[] {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };
  const input = {
    language: "Solidity",
    sources: Object.fromEntries([...sources].map(([file, content]) => [file, { content: content.toString() }])),
    settings: { evmVersion: "osaka", outputSelection: { "*": { "": ["ast"] } } },
  };
  const { sources: parsed } = JSON.parse(solc.compile(JSON.stringify(input))) as {
    sources: Record<string, { ast: AstNode }>;
  };
  return files.map((file) => {
    const bytes = sources.get(file) as Buffer;
    const nodes = [...nodesOf(parsed[file].ast)];
    const conditions = nodes.flatMap(conditionOf).map(({ src }): Condition => {
      const [start, length] = src.split(":").map(Number);
      return { start, end: start + length, line: bytes.subarray(0, start).toString().split("\n").length };
    });
    const inAssembly = nodes.filter(({ nodeType }) => ["YulIf", "YulForLoop", "YulSwitch"].includes(nodeType)).length;
    return { file, conditions: conditions.sort((a, b) => a.start - b.start), inAssembly };
  });
}

function* nodesOf(value: unknown): Generator<AstNode> {
  if (typeof value !== "object" || value === null) return;
  if ("nodeType" in value) yield value as AstNode;
  for (const child of Object.values(value)) yield* nodesOf(child);
}

function conditionOf(node: AstNode): AstNode[] {
  if (CONDITIONAL.has(node.nodeType)) return node.condition ? [node.condition] : [];
  const isRequire = node.nodeType === "FunctionCall" && ["require", "assert"].includes(node.expression?.name ?? "");
  return isRequire ? (node.arguments ?? []).slice(0, 1) : [];
}

/** Both functions of every condition, one line each: the true one of condition i on line 2i + 1 behind the source. */
function instrumented({ file, conditions }: Branches): string {
  const bytes = sources.get(file) as Buffer;
  const name = (i: number, value: boolean): string => `gavelBranch_${files.indexOf(file)}_${i}_${value}`;
  const inserts = conditions.flatMap(({ start, end }, i) => [
    { at: start, isEnd: false, length: end - start, text: "(((" },
    { at: end, isEnd: true, length: end - start, text: `) ? ${name(i, true)}() : ${name(i, false)}()))` },
  ]);
  // Where conditions contain one another, the outer one opens first and closes last.
  inserts.sort(
    (a, b) => a.at - b.at || Number(b.isEnd) - Number(a.isEnd) || (a.isEnd ? a.length - b.length : b.length - a.length),
  );
  let text = "";
  let from = 0;
  for (const { at, text: inserted } of inserts) {
    text += bytes.subarray(from, at).toString() + inserted;
    from = at;
  }
  const functions = conditions.flatMap((_, i) =>
    [true, false].map((value) => `function ${name(i, value)}() pure returns (bool) { return ${value}; }`),
  );
  return `${text}${bytes.subarray(from).toString()}\n${functions.join("\n")}\n`;
}

/** Times each line of the copy was run, by file. */
function measure(): Map<string, Map<number, number>> {
  for (const file of listSourceFiles(root)) {
    if (!/^(contracts|test\/contracts)\/.*\.sol$/.test(file)) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  for (const item of branches) writeFileSync(join(copy, item.file), instrumented(item));
  for (const file of ["hardhat.config.ts", "package.json", "tsconfig.json"]) cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  spawnSync(process.execPath, [join(root, "node_modules/.bin/hardhat"), "test", "solidity", "--coverage"], {
    cwd: copy,
    stdio: ["ignore", 2, 2],
  });
  const lcov = readFileSync(join(copy, "coverage", "lcov.info"), "utf8");
  const hits = new Map<string, Map<number, number>>();
  for (const record of lcov.split("end_of_record")) {
    const file = /^SF:(.+)$/m.exec(record)?.[1].replace(/^.*(?=contracts\/)/, "");
    const lines = [...record.matchAll(/^DA:(\d+),(\d+)/gm)].map(([, line, count]) => [Number(line), Number(count)]);
    if (file !== undefined) hits.set(file, new Map(lines as [number, number][]));
  }
  return hits;
}

function report(hits: Map<string, Map<number, number>>): void {
  let [all, seen, inAssembly] = [0, 0, 0];
  for (const item of branches) {
    const { file, conditions } = item;
    inAssembly += item.inAssembly;
    const firstLine = (sources.get(file) as Buffer).toString().split("\n").length + 1;
    const missed = conditions.flatMap(({ line }, i) =>
      [true, false].flatMap((value, j) => (hits.get(file)?.get(firstLine + 2 * i + j) ? [] : [`${line} ${value}`])),
    );
    all += 2 * conditions.length;
    seen += 2 * conditions.length - missed.length;
    if (conditions.length === 0) continue;
    const percent = (100 * (2 * conditions.length - missed.length)) / (2 * conditions.length);
    console.log(
      `${percent.toFixed(1).padStart(6)}%  ${file}${missed.length > 0 ? `  not seen: ${missed.join(", ")}` : ""}`,
    );
  }
  const percent = (100 * seen) / all;
  console.log(`${percent.toFixed(1).padStart(6)}%  of ${all} branches; ${inAssembly} conditions in assembly left out`);
  if (percent < LEAST_PERCENT) process.exitCode = 1;
}
