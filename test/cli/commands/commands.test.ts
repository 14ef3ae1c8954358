/** The commands as a shell runs them, on digits_mlp: answers on stdout, exit codes, files. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildModel } from "../../compiler/support/onnx.ts";
import { root } from "../../support/source-tree.ts";

const MODEL = join(root, "examples/models/digits_mlp");
const SAMPLES = join(MODEL, "samples.json");
const CALIBRATION = join(MODEL, "calibration.json");
const ONNX = join(MODEL, "model.onnx");

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line of stdout. */
  readonly json: Record<string, unknown>;
}

let folder: string;
let artifact: string;
let proofFile: string;
let compiled: Answer;
let proven: Answer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gavel-commands-"));
  artifact = join(folder, "digits_mlp");
  proofFile = join(folder, "proof.json");
  compiled = await gavel("compile", ONNX, "--calibration", CALIBRATION, "--samples", SAMPLES, "-o", artifact);
  proven = await gavel("prove", artifact, "--input", SAMPLES, "--sample", "2", "-o", proofFile);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `gavel ...args --json`. */
function gavel(...args: string[]): Promise<Answer> {
  const command = [join(root, "cli/main.ts"), ...args, "--json"];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: folder, timeout: 240_000 }, (error, stdout, stderr) => {
      const lastLine = stdout.trimEnd().split("\n").at(-1) || "{}";
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr, json: JSON.parse(lastLine) });
    });
  });
}

const readJson = async (path: string) => JSON.parse(await readFile(path, "utf8"));

describe("gavel compile", () => {
  test("answers with one line that holds accuracy and estimates", () => {
    expect(compiled.code).toBe(0);
    expect(compiled.stdout.trimEnd().split("\n")).toHaveLength(1);
    const { accuracyFloat, accuracyInteger, accuracyDrop } = compiled.json as Record<string, number>;
    expect(accuracyFloat).toBeGreaterThan(0.9);
    expect(accuracyDrop).toBeCloseTo(accuracyFloat - accuracyInteger, 9);
    expect(accuracyDrop).toBeLessThanOrEqual(0.005);
    expect(compiled.json).toMatchObject({ artifact, insecureSrs: true, estimated: { proofBytes: 2720 } });
  });

  test("writes the artifact's files, and the same answer as report.json", async () => {
    expect((await readdir(artifact)).sort()).toEqual([
      "circuit.json",
      "fixed.bin",
      "report.json",
      "srs.bin",
      "verifying-key.json",
    ]);
    expect(await readJson(join(artifact, "report.json"))).toEqual(compiled.json);
  });

  test("says what node of a model it refuses, and why", async () => {
    const path = join(folder, "odd.onnx");
    await writeFile(
      path,
      buildModel({ inputs: { x: [1, 3] }, nodes: [{ op: "Frobnicate", inputs: ["x"], name: "odd" }] }),
    );
    const { code, json, stderr } = await gavel(
      "compile",
      path,
      "--calibration",
      CALIBRATION,
      "-o",
      join(folder, "odd"),
    );
    expect(code).toBe(1);
    expect(json.error).toMatchObject({ name: "Compiler.UnsupportedError", node: "odd", op: "Frobnicate" });
    const { reason, remedy } = json.error as Record<string, string>;
    expect(reason).toContain("Frobnicate");
    expect(remedy).toBeTruthy();
    expect(stderr).toContain(reason);
  });

  test("refuses a file that was cut off", async () => {
    const path = join(folder, "cut.onnx");
    await writeFile(path, (await readFile(ONNX)).subarray(0, 5000));
    const { code, json } = await gavel("compile", path, "--calibration", CALIBRATION, "-o", join(folder, "cut"));
    expect(code).toBe(1);
    expect(json.error).toMatchObject({ name: "Compiler.ModelFormatError", retryable: false });
  });

  test("needs its options", async () => {
    const { code, json } = await gavel("compile", ONNX);
    expect(code).toBe(1);
    expect(json.error).toBeDefined();
  });
});

describe("gavel compile --batch", () => {
  test("makes an artifact that proves several samples at once, each with the answer it has alone", async () => {
    const batched = join(folder, "batched");
    const { code, json } = await gavel("compile", ONNX, "--calibration", CALIBRATION, "--batch", "3", "-o", batched);
    expect(code).toBe(0);
    expect(json).toMatchObject({ batch: 3 });
    const file = join(folder, "batch-proof.json");
    const together = await gavel("prove", batched, "--input", SAMPLES, "--sample", "1", "-o", file);
    const [logits] = together.json.values as number[][];
    const [alone] = proven.json.values as number[][];
    // The single proof is of sample 2, the second of this batch.
    expect(logits.slice(10, 20)).toEqual(alone);
    expect((await gavel("verify", batched, file)).json).toMatchObject({ valid: true });
    expect((await gavel("inspect", batched)).json).toMatchObject({ batch: 3, inputBytes: 3 * 64 });
  });

  test("takes whole batches only", async () => {
    const { code, stderr } = await gavel("compile", ONNX, "--calibration", CALIBRATION, "--batch", "0", "-o", folder);
    expect(code).toBe(1);
    expect(stderr).toContain("--batch is not valid");
  });
});

describe("gavel prove and gavel verify", () => {
  test("a proof is made, and holds", async () => {
    expect(proven.code).toBe(0);
    expect(proven.json).toMatchObject({ path: proofFile, proofBytes: 2720 });
    const { code, json } = await gavel("verify", artifact, proofFile);
    expect(code).toBe(0);
    expect(json).toMatchObject({ valid: true, values: proven.json.values });
  });

  const flip = (hex: string, at: number): string => {
    const digit = (Number.parseInt(hex[at], 16) ^ 1).toString(16);
    return hex.slice(0, at) + digit + hex.slice(at + 1);
  };
  test.each([
    // The last digit of word 40, a scalar of a round: still canonical, so that the equations have to notice.
    ["one bit of the proof", "proof", (hex: string) => flip(hex, 2 + 64 * 41 - 1)],
    ["a proof that is too short", "proof", (hex: string) => hex.slice(0, -64)],
    ["a word above the field", "proof", (hex: string) => `0x${"f".repeat(64)}${hex.slice(66)}`],
    ["the input", "input", (hex: string) => flip(hex, 5)],
    ["the output", "output", (hex: string) => flip(hex, 5)],
    ["the context", "context", (hex: string) => flip(hex, 65)],
    ["an output that is too long", "output", (hex: string) => `${hex}00`],
  ])("exit code 2 for another value of: %s", async (what, field, change) => {
    const file = await readJson(proofFile);
    const path = join(folder, `${what.replaceAll(" ", "-")}.json`);
    await writeFile(path, JSON.stringify({ ...file, [field]: change(file[field]) }));
    const { code, json } = await gavel("verify", artifact, path);
    expect(code).toBe(2);
    expect(json.error).toMatchObject({ name: "Cli.ProofRejectedError", retryable: false });
  });

  test("exit code 1 for a file that is no proof", async () => {
    const { code, json } = await gavel("verify", artifact, SAMPLES);
    expect(code).toBe(1);
    expect(json.error).toMatchObject({ name: "ProofFile.ProofFileError" });
  });

  test("exit code 1 for a folder that is no artifact", async () => {
    const { code, json } = await gavel("verify", MODEL, proofFile);
    expect(code).toBe(1);
    expect(json.error).toMatchObject({ name: "Artifact.ArtifactError" });
  });
});

describe("gavel witness", () => {
  test("computes what the proof showed, checks it, and writes every tensor", async () => {
    const dump = join(folder, "dump");
    const args = ["--input", SAMPLES, "--sample", "2", "--check", "--dump", dump];
    const { code, json } = await gavel("witness", artifact, ...args);
    expect(code).toBe(0);
    expect(json.output).toBe(proven.json.output);
    expect(json.constraints).toBeGreaterThan(0);
    const [, , file] = (await readdir(dump)).sort();
    expect(await readJson(join(dump, file))).toMatchObject({ name: "logits", count: 10 });
  });
});

describe("gavel verifier", () => {
  test("writes one Solidity file with the contract it names", async () => {
    const path = join(folder, "Digits.sol");
    const { code, json } = await gavel("verifier", artifact, "-o", path, "--contract", "Digits");
    expect(code).toBe(0);
    expect(json).toEqual({ form: "standalone", path, contractName: "Digits", runtimeBytes: expect.any(Number) });
    expect(await readFile(path, "utf8")).toMatch(/^contract Digits\b/m);
  });

  test("writes the universal verifier and the model's key as data", async () => {
    const path = join(folder, "Universal.sol");
    const { code, json } = await gavel("verifier", artifact, "-o", path, "--universal");
    expect(code).toBe(0);
    const keyPath = `${path}.key.json`;
    expect(json).toMatchObject({ form: "universal", path, keyPath, contractName: "UniversalVerifier" });
    expect(await readFile(path, "utf8")).toMatch(/^contract UniversalVerifier\b/m);
    const { vkDigest, pages, contract } = JSON.parse(await readFile(keyPath, "utf8"));
    expect(pages).toEqual([]);
    expect(contract.length).toBe(2 + 2 * (json as { keyBytes: number }).keyBytes);
    // The digest stands behind the stub of 45 bytes.
    expect(`0x${contract.slice(2 + 2 * 45, 2 + 2 * 77)}`).toBe(vkDigest);
  });
});

describe("gavel srs", () => {
  test("makes a development SRS that compiling takes, and that stays marked", async () => {
    const path = join(folder, "development.srs");
    const { code, json } = await gavel("srs", "development", "--count", "16384", "-o", path);
    expect(code).toBe(0);
    expect(json).toEqual({ path, count: 16384, insecure: true });
    const other = join(folder, "with-srs");
    const again = await gavel("compile", ONNX, "--calibration", CALIBRATION, "--srs", path, "-o", other);
    expect(again.json).toMatchObject({ artifact: other, insecureSrs: true });
    expect(await readJson(join(other, "verifying-key.json"))).toMatchObject({ insecureSrs: true });
  });

  test("imports no file that has another hash than the ceremony's", async () => {
    const sha256 = createHash("sha256")
      .update(await readFile(ONNX))
      .digest("hex");
    const importing = (hash: string) => gavel("srs", "import", ONNX, "--hash", hash, "-o", join(folder, "no.srs"));
    const [other, short, own] = await Promise.all([
      importing(`sha256:${"0".repeat(64)}`),
      importing("sha256:00"),
      importing(`sha256:${sha256}`),
    ]);
    expect(other).toMatchObject({ code: 1, json: { error: { name: "Srs.HashError", got: sha256 } } });
    expect(short).toMatchObject({ code: 1, json: { error: { name: "Cli.OptionError" } } });
    // The right hash of a file that is no ceremony's.
    expect(own).toMatchObject({ code: 1, json: { error: { name: "Srs.FormatError" } } });
  });

  test("exit code 1 for an SRS file that does not exist", async () => {
    const missing = join(folder, "missing.srs");
    const { code, json } = await gavel("compile", ONNX, "--calibration", CALIBRATION, "--srs", missing, "-o", folder);
    expect(code).toBe(1);
    expect(json.error).toMatchObject({ name: "Cli.FileError", message: expect.stringContaining(missing) });
  });

  test("refuses one that is too small for the circuit", async () => {
    const path = join(folder, "small.srs");
    await gavel("srs", "development", "--count", "64", "-o", path);
    const { code, json } = await gavel("compile", ONNX, "--calibration", CALIBRATION, "--srs", path, "-o", folder);
    expect(code).toBe(1);
    expect((json.error as Record<string, string>).remedy).toBeTruthy();
  });
});

describe("gavel inspect", () => {
  test("shows a model before it is compiled", async () => {
    const { code, json } = await gavel("inspect", ONNX);
    expect(code).toBe(0);
    expect(json).toMatchObject({ supported: true, params: 2778, macs: 2720, opset: 18, refusals: [] });
  });

  test("shows an artifact with its layers and costs", async () => {
    const { code, json } = await gavel("inspect", artifact);
    expect(code).toBe(0);
    expect(json).toMatchObject({ model: "digits_mlp", proofBytes: 2720, estimated: compiled.json.estimated });
    expect(json.layers).toEqual(compiled.json.layers);
  });

  test("shows the layouts that were weighed, and --prefer moves along them", async () => {
    const chosenOf = async (path: string): Promise<{ onCurve: boolean; estimated: { proveMs: number } }> => {
      const { json } = await gavel("inspect", path);
      const [chosen, ...others] = (json.layouts as { isChosen: boolean }[]).filter(({ isChosen }) => isChosen);
      expect(others).toEqual([]);
      return chosen as never;
    };
    const fast = join(folder, "fast");
    const { code } = await gavel("compile", ONNX, "--calibration", CALIBRATION, "-o", fast, "--prefer", "time");
    expect(code).toBe(0);
    const [standing, preferred] = [await chosenOf(artifact), await chosenOf(fast)];
    expect(preferred.onCurve).toBe(true);
    expect(preferred.estimated.proveMs).toBeLessThan(standing.estimated.proveMs);
  });

  test("exit code 1 for a path that is nothing", async () => {
    const { code, json } = await gavel("inspect", join(folder, "nowhere"));
    expect(code).toBe(1);
    expect(json.error).toMatchObject({ name: "Cli.OptionError" });
  });
});

test("the program in README.md runs as it stands", async () => {
  const [, program = ""] = /```ts\n([\s\S]*?)```/.exec(await readFile(join(root, "README.md"), "utf8")) ?? [];
  const placed = program.replace("build/model", artifact).replace("samples.json", SAMPLES);
  const answer = await new Promise<string>((resolve, reject) => {
    const args = ["--input-type=module", "--eval", placed];
    execFile(process.execPath, args, { cwd: root, timeout: 240_000 }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
  });
  expect(answer).toMatch(/^\[\s+Float64Array\(10\) \[/);
});
