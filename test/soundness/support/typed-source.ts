/** The verifier's sources with the compiler's types, some of them replaced by an altered text. */
import type { Node, SourceFile } from "typescript/unstable/ast";
import { API, type Checker } from "typescript/unstable/sync";
import { root } from "../../support/source-tree.ts";

export interface TypedSource {
  readonly checker: Checker;
  /** Path within the project and tree of every file that the entry imports, directly or not, itself included. */
  readonly files: readonly (readonly [path: string, file: SourceFile])[];
}

const CONFIG = `${root}tsconfig.typed-source.json`;

export interface TypedProject {
  /** Calls `read` with the sources, one of them altered where a text is given for its path. */
  read<T>(read: (source: TypedSource) => T, alteration?: { readonly path: string; readonly text: string }): T;
  close(): void;
}

export function openTyped(entry: string): TypedProject {
  const config = JSON.stringify({ extends: "./tsconfig.json", include: [], files: [entry] });
  const altered = new Map<string, string>();
  const api = new API({
    cwd: root,
    fs: {
      readFile: (path) => (path === CONFIG ? config : altered.get(path)),
      fileExists: (path) => (path === CONFIG ? true : undefined),
    },
  });
  api.updateSnapshot({ openProjects: [CONFIG] });
  return {
    read(read, alteration) {
      const changed = [...altered.keys()];
      altered.clear();
      if (alteration) altered.set(root + alteration.path, alteration.text);
      const snapshot = api.updateSnapshot({ fileChanges: { changed: [...changed, ...altered.keys()] } });
      const [{ program, checker }] = snapshot.getProjects();
      const own = program
        .getSourceFileNames()
        .filter((path) => path.startsWith(root) && !path.includes("node_modules"));
      const files = own.map((path) => [path.slice(root.length), program.getSourceFile(path) as SourceFile] as const);
      return read({ checker, files });
    },
    close: () => api.close(),
  };
}

/** A node and all below it. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node;
  const children: Node[] = [];
  node.forEachChild((child) => {
    children.push(child);
  });
  for (const child of children) yield* nodesOf(child);
}

export function* ancestorsOf(node: Node): Generator<Node> {
  for (let up = node.parent; up !== undefined; up = up.parent) yield up;
}
