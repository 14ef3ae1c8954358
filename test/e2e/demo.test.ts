/** The demo as a user runs it: a process of its own, its last line as JSON. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

test("a request is proven, settled, paid and acted on", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [main, "demo", "--model", "digits_mlp", "--json"]);
  const summary = JSON.parse(stdout.trimEnd().split("\n").at(-1) as string);
  expect(summary).toMatchObject({ settled: true, model: "digits_mlp", callbackOk: true });
  expect(summary.proofBytes).toBe(2720);
  expect(summary.gasUsed).toBeLessThan(420_000);
  expect(summary.proveMs).toBeGreaterThan(0);
}, 600_000);
