import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCurveFromName } from "ffjavascript";
import { powersOfTau } from "snarkjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Srs } from "../../core/srs/format.ts";
import { createReferenceEngine } from "../../kernels/reference.ts";
import { importSrs } from "../../srs/import.ts";
import { loadSrs, saveSrs } from "../../srs/load.ts";
import { aztecFiles, halo2File, multiplyG2 } from "./support/strings.ts";

const POWER = 8;
const engine = createReferenceEngine();
let folder: string;
const file = (name: string): string => join(folder, name);

const refusal = async (paths: string[], options = {}): Promise<string> => {
  try {
    await importSrs(engine, paths, options);
  } catch (error) {
    return (error as Error).name;
  }
  return "accepted";
};

const firstPoints = (srs: Srs, count: number): Srs => ({ ...srs, count, g1: srs.g1.subarray(0, 64 * count) });

/** The string snarkjs wrote, as imported; the other layouts are written from its points. */
let imported: Srs;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gavel-srs-"));
  const curve = await getCurveFromName("bn128");
  await powersOfTau.newAccumulator(curve, POWER, file("fresh.ptau"));
  await powersOfTau.contribute(file("fresh.ptau"), file("final.ptau"), "test", "fixed entropy for a test");
  await curve.terminate();
  imported = await importSrs(engine, [file("final.ptau")], { count: 32 });
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe("importSrs", () => {
  it("reads what snarkjs writes, in whole and in part", async () => {
    const all = await importSrs(engine, [file("final.ptau")]);
    expect(all.count).toBe(2 ** POWER);
    expect(all.insecure).toBe(false);
    expect(all.description).toBe("final.ptau (snarkjs ptau 2^8)");
    expect(firstPoints(all, 32)).toEqual(imported);
    expect((await importSrs(engine, [file("final.ptau")], { count: 2 ** (POWER + 1) - 1 })).count).toBe(511);
    expect(await refusal([file("final.ptau")], { count: 512 })).toBe("Srs.TooShortError");
  });

  it("refuses a ptau file without contributions: its tau is 1", async () => {
    expect(await refusal([file("fresh.ptau")], { count: 4 })).toBe("Srs.WeakTauError");
  });

  it("reads the flat files of Aztec to the same string", async () => {
    const { g1, g2 } = aztecFiles(imported);
    await writeFile(file("g1.dat"), g1);
    await writeFile(file("g2.dat"), g2);
    const { description, ...srs } = await importSrs(engine, [file("g1.dat"), file("g2.dat")]);
    expect({ ...srs, description: imported.description }).toEqual(imported);
    expect(description).toContain("Aztec");
    expect((await importSrs(engine, [file("g1.dat"), file("g2.dat")], { count: 3 })).count).toBe(3);
    expect(await refusal([file("g2.dat"), file("g1.dat")])).toBe("Srs.FormatError");
  });

  it.each([true, false])("reads raw halo2 files to the same string (Lagrange part: %s)", async (lagrange) => {
    await writeFile(file("raw.srs"), halo2File(imported, lagrange));
    const srs = await importSrs(engine, [file("raw.srs")]);
    expect({ ...srs, description: imported.description }).toEqual(imported);
    expect(await refusal([file("raw.srs")], { count: 33 })).toBe("Srs.TooShortError");
  });

  it("refuses halo2 files that are compressed, cut short, or over another G2 generator", async () => {
    await writeFile(file("compressed.srs"), halo2File(imported, false).subarray(128));
    expect(await refusal([file("compressed.srs")])).toBe("Srs.FormatError");
    await writeFile(file("cut.srs"), halo2File(imported, true).subarray(0, -1));
    expect(await refusal([file("cut.srs")])).toBe("Srs.FormatError");
    await writeFile(file("other.srs"), halo2File(imported, true, multiplyG2(7n)));
    expect(await refusal([file("other.srs")])).toBe("Srs.GeneratorError");
  });

  it("refuses ptau files with damaged structure or points", async () => {
    const bytes = await readFile(file("final.ptau"));
    const damaged = async (change: (copy: Buffer) => Buffer): Promise<string> => {
      await writeFile(file("damaged.ptau"), change(Buffer.from(bytes)));
      return refusal([file("damaged.ptau")], { count: 8 });
    };
    const patched = (offset: number, value: number) => (copy: Buffer) => {
      copy[offset] = value;
      return copy;
    };
    expect(await damaged(patched(4, 2))).toBe("Srs.FormatError");
    expect(await damaged(patched(12 + 12 + 4, 0))).toBe("Srs.FormatError");
    expect(await damaged((copy) => copy.subarray(0, 5000))).toBe("Srs.FormatError");
    expect(await damaged((copy) => copy.subarray(0, 20))).toBe("Srs.FormatError");
    // The header section is 44 bytes; the next section's data starts 12 bytes later.
    const firstPoint = 12 + 12 + 44 + 12;
    expect(await damaged(patched(firstPoint + 64 * 3, bytes[firstPoint + 64 * 3]! ^ 1))).toBe("Srs.OffCurveError");
  });

  it("compares the pinned hash", async () => {
    const sha256 = createHash("sha256")
      .update(await readFile(file("final.ptau")))
      .digest("hex");
    const blake2b = createHash("blake2b512")
      .update(await readFile(file("final.ptau")))
      .digest("hex");
    const pinned = { algorithm: "sha256", hex: sha256.toUpperCase() };
    expect(
      (await importSrs(engine, [file("final.ptau")], { count: 2, pinned: pinned as never })).description,
    ).toContain(sha256);
    expect(await refusal([file("final.ptau")], { count: 2, pinned: { algorithm: "blake2b512", hex: blake2b } })).toBe(
      "accepted",
    );
    expect(await refusal([file("final.ptau")], { pinned: { algorithm: "sha256", hex: blake2b } })).toBe(
      "Srs.HashError",
    );
  });

  it("refuses no file, three files, and files of another kind", async () => {
    expect(await refusal([])).toBe("Srs.FormatError");
    expect(await refusal(["a", "b", "c"])).toBe("Srs.FormatError");
    await writeFile(file("text"), "this is not a ceremony");
    expect(await refusal([file("text")])).toBe("Srs.FormatError");
  });
});

describe("loadSrs", () => {
  it("reads back what saveSrs wrote, whole or the first points", async () => {
    await saveSrs(file("pruned.srs"), imported);
    expect(await loadSrs(file("pruned.srs"))).toEqual(imported);
    expect(await loadSrs(file("pruned.srs"), 10)).toEqual(firstPoints(imported, 10));
    await expect(loadSrs(file("pruned.srs"), 33)).rejects.toThrow(
      expect.objectContaining({ name: "Srs.TooShortError" }),
    );
  });

  it("refuses a damaged file", async () => {
    await saveSrs(file("broken.srs"), imported);
    const bytes = await readFile(file("broken.srs"));
    await writeFile(file("broken.srs"), bytes.subarray(0, -64));
    await expect(loadSrs(file("broken.srs"))).rejects.toThrow(expect.objectContaining({ name: "Srs.FormatError" }));
    await expect(loadSrs(file("broken.srs"), 32)).rejects.toThrow(expect.objectContaining({ name: "Srs.FormatError" }));
  });
});
