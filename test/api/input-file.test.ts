/** Which sample of a file is read. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readInput } from "../../api/input-file.ts";

const circuit = { inputs: [] };

test("a sample beyond the last one is named in the error, not taken for a tensor", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gavel-input-"));
  try {
    const file = join(folder, "samples.json");
    await writeFile(file, JSON.stringify({ inputs: [[1], [2]] }));
    await expect(readInput(file, circuit, 1)).resolves.toEqual([]);
    await expect(readInput(file, circuit, 2)).rejects.toMatchObject({
      name: "InputFile.InputFileError",
      expected: "0 to 1",
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
