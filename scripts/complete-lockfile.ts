/**
 * Adds to package-lock.json the platform packages that an incomplete npm registry left out.
 *
 * Native tools publish one optional package per platform. When the registry used for `npm install` lacks some of them,
 * npm writes a lockfile without their entries, and `npm ci` then stops everywhere with "Missing: X from lock file".
 * Each missing entry is added as {version, os, cpu, libc, optional}; npm fetches it by name and version where it applies.
 *
 *   node scripts/complete-lockfile.ts           add what is missing
 *   node scripts/complete-lockfile.ts --check   change nothing; exit 1 when something is missing or an address is recorded
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface LockEntry {
  version?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
  cpu?: string[];
  os?: string[];
  libc?: string[];
  dev?: boolean;
  optional?: boolean;
}

interface Lockfile {
  packages: Record<string, LockEntry>;
}

const OS_BY_WORD: Record<string, string> = {
  darwin: "darwin",
  win32: "win32",
  windows: "win32",
  win: "win32",
  linux: "linux",
  linuxmusl: "linux",
  freebsd: "freebsd",
  openbsd: "openbsd",
  netbsd: "netbsd",
  sunos: "sunos",
  aix: "aix",
  android: "android",
  openharmony: "openharmony",
};

const CPU_BY_WORD: Record<string, string> = {
  x64: "x64",
  amd64: "x64",
  x86_64: "x64",
  arm64: "arm64",
  aarch64: "arm64",
  arm: "arm",
  ia32: "ia32",
  riscv64: "riscv64",
  ppc64: "ppc64",
  s390x: "s390x",
  loong64: "loong64",
  mips64el: "mips64el",
  wasm32: "wasm32",
};

/** The platform a package is for, read off its name: `@x/cli-linux-arm64-musl` is linux, arm64, musl. */
export function platformOf(packageName: string): Pick<LockEntry, "os" | "cpu" | "libc"> | undefined {
  const words = packageName.replace(/^@/, "").split(/[/-]/);
  const find = (table: Record<string, string>) => words.map((word) => table[word]).find((hit) => hit !== undefined);
  const os = find(OS_BY_WORD);
  const cpu = find(CPU_BY_WORD);
  if (os === undefined && cpu === undefined) return undefined;
  const musl = words.some((word) => word === "musl" || word === "linuxmusl" || word === "musleabihf");
  const glibc = words.some((word) => word === "gnu" || word === "gnueabihf");
  return {
    ...(os !== undefined && { os: [os] }),
    ...(cpu !== undefined && { cpu: [cpu] }),
    ...(os === "linux" && (musl || glibc) && { libc: [musl ? "musl" : "glibc"] }),
  };
}

/** True when `name` is installed where Node would find it from the package at `from`. */
function isLocked(packages: Record<string, LockEntry>, from: string, name: string): boolean {
  let directory = from;
  for (;;) {
    if (packages[`${directory === "" ? "" : `${directory}/`}node_modules/${name}`] !== undefined) return true;
    if (directory === "") return false;
    const parent = directory.lastIndexOf("/node_modules/");
    directory = parent === -1 ? "" : directory.slice(0, parent);
  }
}

/** The entries `lock` lacks, by lockfile path. Ranges and names that carry no platform are reported, not guessed. */
export function missingEntries(lock: Lockfile): { entries: Record<string, LockEntry>; unknown: string[] } {
  const entries: Record<string, LockEntry> = {};
  const unknown: string[] = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isLocked(lock.packages, path, name)) continue;
      const platform = platformOf(name);
      if (platform === undefined || !/^\d+\.\d+\.\d+\S*$/.test(version)) {
        unknown.push(`${name}@${version} (wanted by ${path})`);
        continue;
      }
      entries[`node_modules/${name}`] = { version, ...platform, ...(entry.dev && { dev: true }), optional: true };
    }
  }
  return { entries, unknown };
}

function main(): void {
  const file = new URL("../package-lock.json", import.meta.url);
  const lock = JSON.parse(readFileSync(file, "utf8")) as Lockfile;
  const { entries, unknown } = missingEntries(lock);
  const names = Object.keys(entries);
  const addressed = Object.keys(lock.packages).filter((path) => lock.packages[path]?.resolved !== undefined);
  for (const line of unknown) process.stderr.write(`left alone: ${line}\n`);

  if (process.argv.includes("--check")) {
    for (const name of names) process.stderr.write(`missing: ${name}\n`);
    for (const path of addressed) process.stderr.write(`records an address: ${path}\n`);
    if (names.length + addressed.length > 0) process.exitCode = 1;
    return;
  }
  const sorted = Object.entries({ ...lock.packages, ...entries }).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  lock.packages = Object.fromEntries(sorted);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stderr.write(`added ${names.length} platform entries\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
