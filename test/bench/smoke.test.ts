/** Every file of bench/ runs once, on short vectors. The figures mean nothing then. */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../bench/", import.meta.url));
const execute = promisify(execFile);

/** Arguments of a short run, and what its output must hold. */
const SHORT: Readonly<Record<string, { readonly arguments: readonly string[]; readonly prints: RegExp }>> = {
  "kernels.ts": { arguments: ["10", "--quick"], prints: /lookupRound.*\d/ },
  "msm.ts": { arguments: ["8", "--threads=1"], prints: /msm.*\d/i },
};

test("every benchmark has a short run", () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  expect(files.sort()).toEqual(Object.keys(SHORT).sort());
});

test.each(Object.entries(SHORT))("bench/%s", async (file, short) => {
  const { stdout } = await execute(process.execPath, [`${folder}${file}`, ...short.arguments]);
  expect(stdout).toMatch(short.prints);
});
