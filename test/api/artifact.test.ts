/** Artifacts from a stranger: a circuit that means nothing, and a key that checks nothing, are refused by what loads them. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bn254 } from "@noble/curves/bn254.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadArtifact, saveArtifact } from "../../api/artifact.ts";
import type { Circuit } from "../../core/circuit.ts";
import { layoutOf } from "../../core/layout.ts";
import { createVerifyingKey, type VerifyingKey } from "../../core/verifying-key.ts";
import { createEngine } from "../../prover/engine.ts";
import { setup } from "../../prover/setup.ts";
import { createDevelopmentSrs } from "../../srs/development.ts";
import { tinyCircuit } from "../support/circuits.ts";

const circuit = tinyCircuit();
let folder: string;
let key: VerifyingKey;
let save: (key: VerifyingKey) => Promise<string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gavel-artifact-"));
  const engine = await createEngine({ threads: 1 });
  const srs = createDevelopmentSrs(engine, layoutOf(circuit).srsCount);
  key = setup(engine, circuit, srs).verifyingKey;
  await engine.close();
  let count = 0;
  save = async (changed) => {
    const dir = join(folder, `${count++}`);
    await saveArtifact(dir, changed, srs, {});
    return dir;
  };
});
afterAll(() => rm(folder, { recursive: true }));

/** The key of whoever wrote the circuit: its digest is right. */
const keyOf = (changed: Circuit, { fixedCommitments, tauG2 }: Partial<VerifyingKey> = {}): VerifyingKey =>
  createVerifyingKey(changed, fixedCommitments ?? key.fixedCommitments, tauG2 ?? key.tauG2, true);

test("an honest artifact loads, with and without its weights", async () => {
  const dir = await save(key);
  expect((await loadArtifact(dir)).circuit).toEqual(circuit);
  await rm(join(dir, "fixed.bin"));
  expect((await loadArtifact(dir)).circuit.fixed).toHaveLength(0);
});

test("a zero column has the commitment infinity, which loads", async () => {
  await expect(
    loadArtifact(await save(keyOf(circuit, { fixedCommitments: [{ x: 0n, y: 0n }] }))),
  ).resolves.toBeDefined();
});

describe("refused although the digest fits", () => {
  const [segment] = circuit.segments;
  test.each<[string, Circuit]>([
    ["too few masks", { ...circuit, maskRows: circuit.maskRows - 1 }],
    ["half a level", { ...circuit, tables: [{ ...circuit.tables[0], breaks: [{ at: 0, level: 0.5, slope: 0 }] }] }],
    ["a term outside its segment", { ...circuit, segments: [{ ...segment, start: segment.start + 1 }] }],
    ["a constant that is no integer", { ...circuit, segments: [{ ...segment, constant: 1e300 }] }],
  ])("a circuit with %s", async (_name, changed) => {
    const artifact = loadArtifact(await save(keyOf(changed)));
    await expect(artifact).rejects.toMatchObject({ name: "Validate.CircuitError", retryable: false });
  });

  const { x, y } = bn254.G2.Point.BASE.toAffine();
  test.each<[string, Partial<VerifyingKey>]>([
    ["no commitment", { fixedCommitments: [] }],
    ["a commitment off the curve", { fixedCommitments: [{ x: 1n, y: 3n }] }],
    ["tau = 0", { tauG2: [0n, 0n, 0n, 0n] }],
    ["tau = 1", { tauG2: [x.c1, x.c0, y.c1, y.c0] }],
    ["a [tau]_2 off the curve", { tauG2: [1n, 2n, 3n, 4n] }],
  ])("a key with %s", async (_name, change) => {
    const artifact = loadArtifact(await save(keyOf(circuit, change)));
    await expect(artifact).rejects.toMatchObject({ name: "Artifact.ArtifactError", retryable: false });
  });
});

test("a circuit that was changed and not its digest is refused", async () => {
  const dir = join(folder, "copy");
  await cp(await save(key), dir, { recursive: true });
  const program = await readFile(join(dir, "circuit.json"), "utf8");
  await writeFile(join(dir, "circuit.json"), program.replace('"name":"tiny"', '"name":"tony"'));
  await expect(loadArtifact(dir)).rejects.toMatchObject({ name: "Artifact.ArtifactError" });
});

// What is left of a file after a full disk or a broken copy, and JSON that is something else.
describe("a damaged file is named, never a fault of the program", () => {
  test.each<[string, string, string]>([
    ["circuit.json", "", "Encoding.CircuitFormatError"],
    ["circuit.json", '{"format":"gavel-circ', "Encoding.CircuitFormatError"],
    ["circuit.json", "null", "Encoding.CircuitFormatError"],
    ["circuit.json", '{"format":"gavel-circuit-1"}', "Encoding.CircuitFormatError"],
    ["circuit.json", '{"format":"gavel-circuit-2","fixedLength":0}', "Encoding.CircuitFormatError"],
    ["fixed.bin", "abc", "Encoding.CircuitFormatError"],
    ["verifying-key.json", "", "Artifact.ArtifactError"],
    ["verifying-key.json", "{}", "Artifact.ArtifactError"],
    ["verifying-key.json", "null", "Artifact.ArtifactError"],
    ["weight-blindings.json", '["0xzz"]', "Artifact.ArtifactError"],
    ["report.json", "{", "Artifact.ArtifactError"],
  ])("%s holding %j", async (file, text, name) => {
    const dir = await save(key);
    await writeFile(join(dir, file), text);
    await expect(loadArtifact(dir)).rejects.toMatchObject({ name, retryable: false });
  });

  test("a circuit without its rows", async () => {
    const dir = await save(key);
    await rm(join(dir, "fixed.bin"));
    await writeFile(join(dir, "circuit.json"), JSON.stringify({ format: "gavel-circuit-2", fixedLength: 0 }));
    await expect(loadArtifact(dir)).rejects.toMatchObject({ name: "Artifact.ArtifactError", retryable: false });
  });
});
