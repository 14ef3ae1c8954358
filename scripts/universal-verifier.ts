/**
 * Writes contracts/generated/UniversalVerifier.sol, the verifier that reads a model's key as data.
 *
 *   node scripts/universal-verifier.ts           writes the file
 *   node scripts/universal-verifier.ts --check   fails when it differs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { universalSource } from "../verifier-gen/universal/contract.ts";

const file = join(import.meta.dirname, "..", "contracts", "generated", "UniversalVerifier.sol");
const source = universalSource("node scripts/universal-verifier.ts");

if (!process.argv.includes("--check")) writeFileSync(file, source);
else if (readFileSync(file, "utf8") !== source) {
  console.error(`${file}: differs from what the generator writes; run node scripts/universal-verifier.ts and review`);
  process.exitCode = 1;
}
