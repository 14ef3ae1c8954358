/** The package's public entries, as a program of their own imports them. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { readText, root } from "../support/source-tree.ts";

const execute = promisify(execFile);

/** Runs a module inside the package, where its own name resolves; the answer is its last line. */
async function runModule(code: string, ...args: string[]): Promise<unknown> {
  const { stdout } = await execute(process.execPath, ["--input-type=module", "--eval", code, "--", ...args], {
    cwd: root,
  });
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) as string);
}

test("each entry loads and exports something", async () => {
  const { exports } = JSON.parse(readText("package.json")) as { exports: Record<string, string> };
  const modules = Object.keys(exports).filter((entry) => exports[entry].endsWith(".ts"));
  const names = modules.map((entry) => entry.replace(/^\./, "gavel").replace("*", "circuit"));
  const counts = (await runModule(
    `const counts = {};
     for (const name of process.argv.slice(1)) counts[name] = Object.keys(await import(name)).length;
     console.log(JSON.stringify(counts));`,
    ...names.filter((name) => name !== "gavel/core/circuit"),
    "gavel/core/packing",
  )) as Record<string, number>;
  expect(Object.keys(counts)).toHaveLength(names.length);
  expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([]);
});

test("a program compiles, proves and verifies with the package's verbs", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gavel-entries-"));
  try {
    const answer = await runModule(
      `import { compile, loadArtifact, prove, readInput, unpackOutput, verify } from "gavel";
       const [model, artifact] = process.argv.slice(1);
       const files = { model: model + "/model.onnx", calibration: model + "/calibration.json" };
       const { accuracyDrop } = await compile({ ...files, output: artifact });
       const { circuit, verifyingKey } = await loadArtifact(artifact);
       const proof = await prove({ artifact, input: await readInput(files.calibration, circuit) });
       verify(verifyingKey, proof, proof.proof);
       console.log(JSON.stringify({ accuracyDrop, outputs: unpackOutput({ circuit }, proof.output)[0].length }));`,
      join(root, "examples/models/digits_mlp"),
      folder,
    );
    expect(answer).toMatchObject({ accuracyDrop: expect.any(Number), outputs: 10 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
