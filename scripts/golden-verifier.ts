/**
 * Writes contracts/generated/TinyVerifier.sol, the verifier of the smallest test circuit: a change of the generator shows as a change
 * of Solidity to review.
 *
 *   node scripts/golden-verifier.ts           writes the file
 *   node scripts/golden-verifier.ts --check   fails when it differs
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bn254 } from "@noble/curves/bn254.js";
import { add, mod, mul } from "../core/field.ts";
import { createVerifyingKey, type TauG2 } from "../core/verifying-key.ts";
import { tinyCircuit } from "../test/support/circuits.ts";
import { TEST_TAU } from "../test/support/proofs.ts";
import { generateVerifier } from "../verifier-gen/generate.ts";

const file = join(import.meta.dirname, "..", "contracts", "generated", "TinyVerifier.sol");

const circuit = tinyCircuit();
const weights = [...circuit.fixed].reduceRight((value, cell) => add(mul(value, TEST_TAU), mod(BigInt(cell))), 0n);
const { x, y } = bn254.G2.Point.BASE.multiply(TEST_TAU).toAffine();
const tauG2: TauG2 = [x.c1, x.c0, y.c1, y.c0];
const key = createVerifyingKey(circuit, [bn254.G1.Point.BASE.multiply(weights).toAffine()], tauG2, true);
const { source } = generateVerifier(key, { command: "node scripts/golden-verifier.ts" });

if (!process.argv.includes("--check")) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, source);
} else if (readFileSync(file, "utf8") !== source) {
  console.error(
    `${file}: differs from what the generator writes; run node scripts/golden-verifier.ts and review the change`,
  );
  process.exitCode = 1;
}
