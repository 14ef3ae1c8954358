/**
 * Writes dist/, the folder that is published: the sources as JavaScript with declarations, the files they read at run
 * time, the compiled market, and a package.json whose `exports` and `bin` name the JavaScript. Development needs none of this.
 * Another folder of the project than dist/ is the first argument.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { COMPILED_FOLDER, contractCode } from "../cli/contracts.ts";
import { buildDashboard } from "../dashboard/build.ts";
import { listSourceFiles } from "./lib/source-files.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}${process.argv[2] ?? "dist"}/`;

interface BuildConfig {
  readonly include: readonly string[];
}

interface Manifest {
  private?: boolean;
  exports: Record<string, string>;
  bin: Record<string, string>;
  scripts?: unknown;
  devDependencies?: unknown;
  allowScripts?: unknown;
}

/** `./a/b.ts` as the pair a published package needs: its declarations and its JavaScript. */
function publishedEntry(source: string): string | { types: string; default: string } {
  if (!source.endsWith(".ts")) return source;
  return { types: source.replace(/\.ts$/, ".d.ts"), default: source.replace(/\.ts$/, ".js") };
}

function publishedManifest(manifest: Manifest): object {
  const { private: _private, scripts: _scripts, devDependencies: _dev, allowScripts: _allow, ...kept } = manifest;
  const entries = Object.entries(manifest.exports).map(([name, source]) => [name, publishedEntry(source)]);
  const bins = Object.entries(manifest.bin).map(([name, source]) => [name, source.replace(/\.ts$/, ".js")]);
  return { ...kept, exports: Object.fromEntries(entries), bin: Object.fromEntries(bins) };
}

rmSync(dist, { recursive: true, force: true });
execFileSync(
  process.execPath,
  [`${root}node_modules/.bin/tsc`, "--project", `${root}tsconfig.build.json`, "--outDir", dist],
  {
    stdio: "inherit",
  },
);

const { include } = JSON.parse(readFileSync(`${root}tsconfig.build.json`, "utf8")) as BuildConfig;
const readAtRunTime = listSourceFiles(root).filter(
  (path) => include.includes(path.split("/")[0]!) && !path.endsWith(".ts"),
);
for (const path of [...readAtRunTime, "README.md", "CHANGELOG.md", "LICENSE"]) {
  mkdirSync(dirname(dist + path), { recursive: true });
  copyFileSync(root + path, dist + path);
}
cpSync(await buildDashboard(`${root}cache/dashboard`), `${dist}dashboard/page`, { recursive: true });

mkdirSync(dist + COMPILED_FOLDER);
for (const name of ["ModelRegistry", "RequestMarket"]) {
  writeFileSync(`${dist}${COMPILED_FOLDER}/${name}.json`, JSON.stringify(await contractCode(root, name)));
}

const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as Manifest;
writeFileSync(`${dist}package.json`, `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`);
