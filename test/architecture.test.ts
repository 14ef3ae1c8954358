/** The rules of docs/decisions/0001-layout.md, as tests. Each failure names the files that break the rule. */
import { describe, expect, test } from "vitest";
import {
  findCycle,
  importsOf,
  pathExists,
  readText,
  type SourceFile,
  sourceFiles,
  sourcePaths,
  withoutComments,
} from "./support/source-tree.ts";

/** What each folder may import of the others. Its own files are always allowed. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  kernels: ["core"],
  compiler: ["core"],
  prover: ["core", "kernels"],
  verifier: ["core"],
  "verifier-gen": ["core"],
  srs: ["core", "kernels"],
  contracts: [],
  api: ["core", "compiler", "prover", "verifier", "verifier-gen", "srs", "contracts"],
  daemon: ["core", "prover", "verifier", "srs", "contracts", "api"],
  // Types of what the daemon says.
  dashboard: ["daemon", "prover"],
  cli: [
    "core",
    "kernels",
    "compiler",
    "prover",
    "verifier",
    "verifier-gen",
    "srs",
    "contracts",
    "api",
    "daemon",
    "dashboard",
  ],
};

/** Folders that may import anything, and that nothing imports. Examples see the package as its users do. */
const TOOLS = ["scripts", "test", "bench", "examples"];

/** Packages a folder of the shipped program may import; `core` and `verifier` stay small enough to read whole. */
const MAY_USE: Record<string, readonly string[] | "any"> = {
  core: ["@noble/hashes", "@noble/curves"],
  kernels: ["@noble/hashes", "wabt"],
  compiler: ["onnx-proto"],
  prover: ["@noble/hashes", "@noble/curves"],
  verifier: ["@noble/hashes", "@noble/curves"],
  "verifier-gen": ["@noble/hashes", "@noble/curves", "solc"],
  srs: ["@noble/curves"],
  contracts: [],
  api: ["viem"],
  daemon: "any",
  dashboard: ["react", "react-dom", "vite"],
  cli: "any",
};

const MAX_LINES = 450;

const handWritten = sourceFiles.filter((file) => !file.generated);
const typescript = handWritten.filter((file) => /\.tsx?$/.test(file.path));
const shipped = typescript.filter((file) => MAY_IMPORT[file.folder] !== undefined);
const packageJson = JSON.parse(readText("package.json")) as {
  exports?: Record<string, string>;
  bin?: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

/** "path: what" for each file outside `allowed` paths whose code matches `pattern`. */
function offenders(pattern: RegExp, files: readonly SourceFile[], allowed: readonly string[]): string[] {
  return files
    .filter((file) => !allowed.some((prefix) => file.path.startsWith(prefix)))
    .flatMap((file) => {
      const match = pattern.exec(withoutComments(file.text));
      return match === null ? [] : [`${file.path}: ${match[0].trim()}`];
    });
}

describe("imports", () => {
  test("every folder with code is in the table", () => {
    const folders = new Set(sourceFiles.map((file) => file.folder).filter((folder) => folder !== ""));
    expect([...folders].filter((folder) => !(folder in MAY_IMPORT) && !TOOLS.includes(folder))).toEqual([]);
  });

  test("go only where the table allows", () => {
    const wrong = shipped.flatMap((file) =>
      importsOf(file)
        .files.filter((target) => {
          const folder = target.slice(0, target.indexOf("/"));
          return folder !== file.folder && !MAY_IMPORT[file.folder]!.includes(folder);
        })
        .map((target) => `${file.path} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test("name files that exist", () => {
    const broken = typescript.flatMap((file) =>
      importsOf(file)
        .files.filter((target) => !pathExists(target))
        .map((target) => `${file.path} -> ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test("the page takes only types from the daemon and the prover", () => {
    const page = typescript.filter(({ folder }) => folder === "dashboard");
    expect(offenders(/import (?!type )[^;]*"(\.\.\/)+(daemon|prover)\//, page, [])).toEqual([]);
  });

  test("form no cycle", () => {
    expect(findCycle(typescript)).toBeUndefined();
  });

  test("R1, R2: prover, verifier and verifier-gen never meet", () => {
    const roles = ["prover", "verifier", "verifier-gen"];
    for (const role of roles) expect(MAY_IMPORT[role]!.filter((folder) => roles.includes(folder))).toEqual([]);
  });

  test("core uses no node: module", () => {
    const users = typescript.filter((file) => file.folder === "core" && importsOf(file).builtins.length > 0);
    expect(users.map((file) => file.path)).toEqual([]);
  });

  test("packages are allowed in their folder and declared for it", () => {
    const wrong = typescript.flatMap((file) =>
      importsOf(file)
        .packages.filter((name) => name !== "gavel" && !mayUse(file.folder, name))
        .map((name) => `${file.path} -> ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test("examples see only the public entries", () => {
    const insiders = typescript.filter(
      (file) => file.folder === "examples" && importsOf(file).files.some((target) => !target.startsWith("examples/")),
    );
    expect(insiders.map((file) => file.path)).toEqual([]);
  });
});

/** Shipped code needs the package in `dependencies`, except that `wabt` only builds the kernels. */
function mayUse(folder: string, name: string): boolean {
  const { dependencies, devDependencies } = packageJson;
  if (!(folder in MAY_USE)) return name in dependencies || name in devDependencies;
  const allowed = MAY_USE[folder]!;
  if (allowed !== "any" && !allowed.includes(name)) return false;
  return name in dependencies || (folder === "kernels" && name in devDependencies);
}

describe("rules on the text", () => {
  test("R3: only prover/threads and the daemon's websockets start a worker", () => {
    const allowed = ["prover/threads/", "daemon/chain/new-heads.ts", "test/"];
    expect(offenders(/new Worker\(/, typescript, allowed)).toEqual([]);
  });

  test("R3: only the interfaces, the daemon's store, SRS files and the tools touch the disk", () => {
    const allowed = [
      "api/",
      "cli/",
      "daemon/store/",
      "daemon/options.ts",
      "daemon/http/dashboard.ts",
      "dashboard/build.ts",
      "kernels/build",
      "kernels/check",
      "srs/",
      ...toolFolders(),
    ];
    expect(offenders(/["']node:fs(\/promises)?["']/, typescript, allowed)).toEqual([]);
  });

  test("R3: only daemon/chain, the client and the tools open a connection to a chain", () => {
    const allowed = ["api/", "cli/", "daemon/chain/", ...toolFolders()];
    expect(offenders(/\b(createPublicClient|createWalletClient|http|webSocket)\(/, typescript, allowed)).toEqual([]);
  });

  test("R4: the environment is read in one file per program", () => {
    const allowed = ["daemon/options.ts", "cli/main.ts", "hardhat.config.ts", ...toolFolders()];
    expect(offenders(/process\.env\b/, typescript, allowed)).toEqual([]);
  });

  test("R4: only the command line and the tools write to stdout", () => {
    expect(offenders(/process\.stdout|console\.\w+\(/, typescript, ["cli/", ...toolFolders()])).toEqual([]);
  });

  test("R5: Math.random nowhere", () => {
    expect(offenders(/Math\.random/, typescript, ["test/architecture.test.ts"])).toEqual([]);
  });

  test("R5: system randomness only in the prover, SRS files, the command line and tests", () => {
    const random = /\b(randomBytes|getRandomValues|randomUUID|randomFillSync|randomInt)\b/;
    expect(offenders(random, typescript, ["prover/", "srs/", "cli/", "test/"])).toEqual([]);
  });

  test("R6: generated files say what generates them", () => {
    const inGeneratedPlaces = sourceFiles.filter(({ path }) => /(^|\/)generated\/|\.gen\.\w+$/.test(path));
    expect(inGeneratedPlaces.filter((file) => !file.generated).map((file) => file.path)).toEqual([]);
  });

  test("core and verifier are pure: no clock, no process, no randomness", () => {
    const pure = typescript.filter((file) => file.folder === "core" || file.folder === "verifier");
    const impure = /\b(Date\b|performance\.|process\.|setTimeout|setInterval|fetch\(|getRandomValues|randomBytes)/;
    expect(offenders(impure, pure, [])).toEqual([]);
  });

  test("no test is skipped or left alone", () => {
    const tests = typescript.filter((file) => file.path.endsWith(".test.ts"));
    expect(offenders(/\b(describe|test|it)\.(only|skip|todo|fails)\(/, tests, [])).toEqual([]);
  });
});

function toolFolders(): string[] {
  return TOOLS.map((folder) => `${folder}/`);
}

describe("sizes", () => {
  test(`hand-written files have at most ${MAX_LINES} lines`, () => {
    const long = handWritten.filter((file) => file.lineCount > MAX_LINES);
    expect(long.map((file) => `${file.path}: ${file.lineCount}`)).toEqual([]);
  });

  test("the median hand-written file has under 150 lines", () => {
    const counts = handWritten.map((file) => file.lineCount).sort((a, b) => a - b);
    expect(counts[Math.floor(counts.length / 2)]).toBeLessThan(150);
  });
});

describe("what the documents promise", () => {
  test("README's map names every folder, and every path in it exists", () => {
    const map = /## Map\n([\s\S]*?)\n## /.exec(readText("README.md"))?.[1] ?? "";
    const named = [...map.matchAll(/^\| `([^`]+)` \|/gm)].map((row) => row[1]!);
    expect(named.filter((path) => !pathExists(path))).toEqual([]);
    const folders = new Set(sourcePaths.filter((path) => /^[^.].*\//.test(path)).map((path) => path.split("/")[0]));
    expect([...folders].filter((folder) => !named.includes(`${folder}/`))).toEqual([]);
  });

  test("every promise of SECURITY.md names a test, and every test that a document names exists", () => {
    const [, promises = ""] = /## What is promised\n([\s\S]*?)\n## /.exec(readText("SECURITY.md")) ?? [];
    const sentences = promises.split(/^- /m).slice(1);
    expect(sentences.length).toBeGreaterThan(5);
    expect(sentences.filter((text) => !/`test\/[^`]+`/.test(text))).toEqual([]);
    const documents = sourcePaths.filter((path) => /^(README|SECURITY|CONTRIBUTING)\.md$|^docs\/.*\.md$/.test(path));
    const missing = documents.flatMap((path) =>
      [...readText(path).matchAll(/`(test\/[\w./-]+\.(?:ts|sol))`/g)]
        .filter(([, named]) => !pathExists(named))
        .map(([, named]) => `${path}: ${named}`),
    );
    expect(missing).toEqual([]);
  });

  test("docs/dependencies.md gives a reason for each dependency, and for nothing else", () => {
    const explained = [...readText("docs/dependencies.md").matchAll(/^\| `([^`]+)` \|/gm)].map((row) => row[1]!);
    const declared = Object.keys({ ...packageJson.dependencies, ...packageJson.devDependencies });
    expect(explained.sort()).toEqual(declared.sort());
  });

  test("dependencies have exact versions", () => {
    const versions = Object.entries({ ...packageJson.dependencies, ...packageJson.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test("each public entry of the package is a file", () => {
    const targets = [...Object.values(packageJson.exports ?? {}), ...Object.values(packageJson.bin ?? {})];
    expect(targets.length).toBeGreaterThan(0);
    expect(
      targets.filter((target) => !pathExists(target.replace("*.sol", "ModelRegistry.sol").replace("*.ts", ""))),
    ).toEqual([]);
  });
});
