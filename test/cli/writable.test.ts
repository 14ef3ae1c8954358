import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { requireWritableFile, requireWritableFolder } from "../../cli/writable.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gavel-writable-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a file that can be written is left as it was", async () => {
  await writeFile(join(folder, "old.json"), "kept");
  await requireWritableFile(join(folder, "old.json"));
  await requireWritableFile(join(folder, "new.json"));
  expect(await readFile(join(folder, "old.json"), "utf8")).toBe("kept");
  expect(await readdir(folder)).toEqual(["old.json"]);
});

test("a file in a folder that is not there, and a folder in the place of a file, are refused", async () => {
  await expect(requireWritableFile(join(folder, "missing", "new.json"))).rejects.toMatchObject({ code: "ENOENT" });
  await expect(requireWritableFile(folder)).rejects.toMatchObject({ code: "EISDIR" });
});

test("a folder may be missing with those above it, but cannot stand in a file", async () => {
  await requireWritableFolder(folder);
  await requireWritableFolder(join(folder, "a", "b"));
  expect(await readdir(folder)).toEqual([]);
  await writeFile(join(folder, "file"), "");
  for (const path of ["file", "file/a"]) {
    await expect(requireWritableFolder(join(folder, path))).rejects.toMatchObject({ code: "ENOTDIR" });
  }
});
