/**
 * Runs the kill suite on copies of core/ and verifier/: a child process that answers each folder it is sent with the first check
 * that fails there, or with undefined when all pass.
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { deserialize } from "node:v8";
import type { Fixtures } from "./fixtures.ts";
import { loadCore, outcome, unitFailure } from "./unit-checks.ts";

const fixtures = deserialize(readFileSync(process.argv[2])) as Fixtures;

process.on("message", async (folder: string) => {
  process.send?.({ folder, killedBy: await run(folder) });
});

async function run(folder: string): Promise<string | undefined> {
  try {
    const load = (path: string) => import(pathToFileURL(`${folder}/${path}`).href);
    const broken = unitFailure(await loadCore(load), fixtures);
    if (broken !== undefined) return broken;
    const { verify } = (await load("verifier/verify.js")) as typeof import("../../verifier/verify.ts");
    for (const { name, key, statement, proof, expected } of fixtures.cases) {
      const result = outcome(() => verify(key, statement, proof));
      if (result !== expected) return `${name}: ${result} instead of ${expected}`;
    }
    return undefined;
  } catch (error) {
    return `does not load: ${error}`;
  }
}
