/** Builds the page with Vite into a folder named after the sources, once for each state of them. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const sources = fileURLToPath(new URL(".", import.meta.url));

/** The folder with index.html, built under `cache` when there is none for the present sources. A published package brings it. */
export async function buildDashboard(cache: string): Promise<string> {
  const published = join(sources, "page");
  if (existsSync(published)) return published;
  const folder = join(cache, digestOf(sources));
  if (existsSync(folder)) return folder;
  const { build } = await import("vite");
  const partial = `${folder}.${process.pid}`;
  await build({
    root: sources,
    configFile: false,
    logLevel: "warn",
    oxc: { jsx: { runtime: "automatic" } },
    build: { outDir: partial, emptyOutDir: true, modulePreload: false },
  });
  try {
    renameSync(partial, folder);
  } catch (error) {
    // Another process was faster.
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

function digestOf(folder: string): string {
  const hash = createHash("sha256");
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => /\.\w+$/.test(path));
  for (const path of paths.sort()) hash.update(`${path}\0`).update(readFileSync(join(folder, path)));
  return hash.digest("hex").slice(0, 16);
}
