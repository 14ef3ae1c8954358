/** The verifier of a transformer of five blocks fits in a contract, and its settlement stays below its target. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { estimateCost } from "../../api/estimate.ts";
import { chooseVerifier } from "../../api/verifier.ts";
import { writeScaleModel } from "../../cli/bench/scale/models.ts";
import { compile } from "../../compiler/compile.ts";
import { circuitProducts } from "../../core/layout.ts";
import { formulaKey } from "./circuits.ts";

const TARGET_GAS = 700_000;
/** The model compiles, and its contract, on a machine that does other things as well. */
const TIMEOUT_MS = 600_000;

test("nanogpt", { timeout: TIMEOUT_MS }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "gavel-depth-"));
  try {
    const { model, samples } = await writeScaleModel("nanogpt", folder);
    const { circuit } = compile(await readFile(model), {
      name: "nanogpt",
      calibration: JSON.parse(await readFile(samples, "utf8")),
    });
    expect(circuitProducts(circuit).length).toBeLessThanOrEqual(13);
    expect(estimateCost(circuit).gasUsed).toBeLessThan(TARGET_GAS);
    expect((await chooseVerifier({ verifyingKey: formulaKey(circuit) })).form).toBe("standalone");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
