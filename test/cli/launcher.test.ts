/** `./gavel`, run in small projects of their own: one local package, a main.ts that prints its arguments. */
import { execFile } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

const run = promisify(execFile);
const launcher = fileURLToPath(new URL("../../gavel", import.meta.url));

let base = "";
let project = "";

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "gavel-launcher-"));
  project = join(base, "a folder with spaces");
  const files: Record<string, string> = {
    "package.json": JSON.stringify({
      name: "small",
      type: "module",
      dependencies: { local: "file:./local" },
      scripts: { postinstall: "node -e \"fs.appendFileSync('installs.log', '.')\"" },
    }),
    "package-lock.json": JSON.stringify({
      name: "small",
      lockfileVersion: 3,
      packages: {
        "": { name: "small", dependencies: { local: "file:./local" } },
        local: { version: "1.0.0" },
        "node_modules/local": { resolved: "local", link: true },
      },
    }),
    "local/package.json": JSON.stringify({ name: "local", version: "1.0.0" }),
    "cli/main.ts":
      'import "local/package.json" with { type: "json" };\nconsole.log(JSON.stringify(process.argv.slice(2)) as string);\n',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  copyFileSync(launcher, join(project, "gavel"));
  chmodSync(join(project, "gavel"), 0o755);
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

const installs = () => readFileSync(join(project, "installs.log"), "utf8").length;

function gavel(args: string[], options: { command?: string; env?: Record<string, string> } = {}) {
  const { command = join(project, "gavel"), env = {} } = options;
  return run(command, args, { cwd: base, env: { ...process.env, ...env } });
}

test("installs once, passes arguments through, from another folder, with only the answer on stdout", async () => {
  const first = await gavel(["prove", "two words", "--x=$HOME"]);
  expect(first.stdout).toBe('["prove","two words","--x=$HOME"]\n');
  expect(first.stderr).toContain("installing packages");
  const second = await gavel([]);
  expect(second).toEqual({ stdout: "[]\n", stderr: "" });
  expect(installs()).toBe(1);
});

test("installs again when the lockfile changes", async () => {
  await gavel([]);
  const lockfile = join(project, "package-lock.json");
  writeFileSync(lockfile, `${readFileSync(lockfile, "utf8")}\n`);
  await gavel([]);
  expect(installs()).toBe(2);
});

test("first runs at the same time install once", async () => {
  const runs = await Promise.all([gavel(["1"]), gavel(["2"]), gavel(["3"])]);
  expect(runs.map(({ stdout }) => stdout)).toEqual(['["1"]\n', '["2"]\n', '["3"]\n']);
  expect(installs()).toBe(1);
  expect(existsSync(join(project, ".gavel-install.lock"))).toBe(false);
});

test("a lock left by a process that is gone does not hold", async () => {
  // Above the largest process id Linux gives out, 2^22.
  symlinkSync("4194305", join(project, ".gavel-install.lock"));
  await gavel([]);
  expect(installs()).toBe(1);
});

test("works through a symbolic link", async () => {
  const link = join(base, "gavel");
  symlinkSync(join(project, "gavel"), link);
  expect((await gavel(["x"], { command: link })).stdout).toBe('["x"]\n');
});

test("a failed install is an error, and the next run tries again", async () => {
  const dependency = join(project, "local/package.json");
  const intact = readFileSync(dependency, "utf8");
  writeFileSync(dependency, "not JSON");
  await expect(gavel([])).rejects.toMatchObject({ code: 1, stdout: "" });
  expect(existsSync(join(project, ".gavel-install.lock"))).toBe(false);
  writeFileSync(dependency, intact);
  expect((await gavel(["x"])).stdout).toBe('["x"]\n');
});

test("with an old Node first on the path, uses the one fetched before", async () => {
  const oldNode = join(base, "old", "node");
  mkdirSync(dirname(oldNode));
  writeFileSync(oldNode, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const fetched = join(
    base,
    "cache",
    "gavel",
    `node-${/^NODE_WANTED=(.+)$/m.exec(readFileSync(launcher, "utf8"))![1]}`,
  );
  mkdirSync(join(fetched, "bin"), { recursive: true });
  symlinkSync(process.execPath, join(fetched, "bin", "node"));
  const env = { PATH: `${dirname(oldNode)}:${process.env["PATH"]}`, XDG_CACHE_HOME: join(base, "cache") };
  expect((await gavel(["x"], { env })).stdout).toBe('["x"]\n');
});
