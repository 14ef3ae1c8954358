/** The files of the project as a reader of the repository sees them: no packages, no build output. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

const NOT_SOURCE = new Set([".git", "artifacts", "cache", "coverage", "dist", "node_modules", "types"]);

/** Paths relative to `root`, with `/` between parts, in order. */
export function listSourceFiles(root: string, folder = ""): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (folder === "" && NOT_SOURCE.has(entry.name)) return [];
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return listSourceFiles(root, path);
      return entry.isFile() ? [path] : [];
    });
}
