/** The project's own source files, read once, with what each imports. */
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { generatorOf } from "../../scripts/lib/generated-header.ts";
import { listSourceFiles } from "../../scripts/lib/source-files.ts";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface SourceFile {
  /** Relative to the project, `/` between parts. */
  readonly path: string;
  /** The first part of the path, or "" for a file at the top. */
  readonly folder: string;
  readonly text: string;
  readonly lineCount: number;
  readonly generated: boolean;
}

export interface Imports {
  /** Files of the project, by path. */
  readonly files: readonly string[];
  /** `node:` modules, with the prefix. */
  readonly builtins: readonly string[];
  /** Packages, by name. */
  readonly packages: readonly string[];
}

export const readText = (path: string): string => readFileSync(`${root}${path}`, "utf8");

export const sourcePaths: readonly string[] = listSourceFiles(root);

export const sourceFiles: readonly SourceFile[] = sourcePaths
  .filter((path) => /\.(tsx?|sol)$/.test(path))
  .map((path) => {
    const text = readText(path);
    return {
      path,
      folder: path.includes("/") ? path.slice(0, path.indexOf("/")) : "",
      text,
      lineCount: text.split("\n").length - 1,
      generated: generatorOf(text) !== undefined,
    };
  });

/** `text` with comments blanked, so that a rule may be named in a comment. Strings that look like comments do not occur. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`])\/\/.*$/gm, "$1");
}

const IMPORT_FORMS = [
  /(?:^|\n)\s*(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"']+)["']/g,
  /(?:^|\n)\s*import\s*["']([^"']+)["']/g,
  /\bimport\(\s*["']([^"']+)["']\s*\)/g,
  /\bnew URL\(\s*["'](\.[^"']+\.ts)["']\s*,\s*import\.meta\.url\s*\)/g,
];

export function importsOf(file: SourceFile): Imports {
  const code = withoutComments(file.text);
  const specifiers = IMPORT_FORMS.flatMap((form) => [...code.matchAll(form)].map((match) => match[1]!));
  const relative = specifiers.filter((specifier) => specifier.startsWith("."));
  const builtins = specifiers.filter((specifier) => specifier.startsWith("node:"));
  const packages = specifiers.filter((specifier) => !specifier.startsWith(".") && !specifier.startsWith("node:"));
  return {
    files: relative.map((specifier) => posix.join(posix.dirname(file.path), specifier)),
    builtins,
    packages: [...new Set(packages.map(packageName))],
  };
}

function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** One cycle of the import graph over `files`, as the paths along it, or undefined when there is none. */
export function findCycle(files: readonly SourceFile[]): string[] | undefined {
  const edges = new Map(files.map((file) => [file.path, importsOf(file).files]));
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (finished.has(path)) return undefined;
    for (const next of edges.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle !== undefined) return cycle;
    }
    finished.add(path);
    return undefined;
  };
  for (const path of edges.keys()) {
    const cycle = visit(path, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

export const pathExists = (path: string): boolean => existsSync(`${root}${path}`);
