import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("proof-digest.ts", import.meta.url));

test("proofs are the same with 256-bit operations", () => {
  const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  const [plain, wide] = [run(), run("revectorize")];
  expect(plain.stdout).toMatch(/^[0-9a-f]{64}$/);
  expect(wide.stdout).toBe(plain.stdout);
  expect(wide.stderr).not.toMatch(/unrecognized flag/);
});
