/** Committed tensors from the command line: what the proof hides goes to a file of its owner, and comes back as the same commitment. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../support/source-tree.ts";

const MODEL = join(root, "examples/models/iris_svc");
const SAMPLES = join(MODEL, "samples.json");

let folder: string;
let artifact: string;
let secrets: string;

async function gavel(...args: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, "cli/main.ts"), ...args], { cwd: folder });
}
const readJson = async (path: string) => JSON.parse(await readFile(path, "utf8"));

function proveSample(sample: number, output: string, ...more: string[]): Promise<void> {
  return gavel("prove", artifact, "--input", SAMPLES, "--sample", String(sample), "-o", join(folder, output), ...more);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gavel-hidden-"));
  artifact = join(folder, "model");
  secrets = join(folder, "secrets.json");
  const data = ["--calibration", join(MODEL, "calibration.json"), "--samples", SAMPLES];
  await gavel("compile", join(MODEL, "model.onnx"), ...data, "--input-visibility", "committed", "-o", artifact);
  await proveSample(3, "first.json", "--secrets", secrets);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a committed input", () => {
  test("stands in the proof file as a commitment, and the proof holds", async () => {
    const { input } = await readJson(join(folder, "first.json"));
    const { packedInput, blindings } = await readJson(secrets);
    expect(input).toHaveLength(2 + 2 * 64);
    expect(blindings).toHaveLength(1);
    expect(await readFile(join(folder, "first.json"), "utf8")).not.toContain(packedInput.slice(2));
    await gavel("verify", artifact, join(folder, "first.json"));
  });

  test("has secrets that only their owner may read", async () => {
    expect((await stat(secrets)).mode & 0o777).toBe(0o600);
  });

  test("is committed to anew by each proof, and alike with the same blindings", async () => {
    await proveSample(3, "fresh.json");
    await proveSample(3, "same.json", "--blindings", secrets);
    const [first, fresh, same] = await Promise.all(
      ["first.json", "fresh.json", "same.json"].map((name) => readJson(join(folder, name))),
    );
    expect(fresh.input).not.toBe(first.input);
    expect(same.input).toBe(first.input);
    expect(same.proof).not.toBe(first.proof);
  });

  test.each([
    ["no JSON", "{"],
    ["another format", JSON.stringify({ format: "other", blindings: [] })],
    ["a blinding beyond the field", JSON.stringify({ format: "gavel-secrets-1", blindings: [`0x${"ff".repeat(32)}`] })],
  ])("with %s for blindings is refused", async (_what, text) => {
    const file = join(folder, "bad.json");
    await writeFile(file, text);
    await expect(proveSample(3, "never.json", "--blindings", file)).rejects.toMatchObject({ code: 1 });
  });
});
