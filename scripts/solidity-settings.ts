/**
 * Gas and code of generated verifiers under other settings of solc: a transaction that calls `verify`, and the bytes of the contract.
 *
 *     node scripts/solidity-settings.ts [MODEL ...]
 *
 * MODEL is a folder of examples/models. Prints the table of docs/gas.md; the first row is what `gavel verifier` uses.
 */
import { planLayout } from "../api/layout-plan.ts";
import { createEngine } from "../prover/engine.ts";
import { prove } from "../prover/prove.ts";
import { createVerifierChain } from "../test/verifier-gen/chain.ts";
import { compileVerifier, SMALL_SETTINGS, SOLC_SETTINGS } from "../verifier-gen/compile-solidity.ts";
import { generateVerifier } from "../verifier-gen/generate.ts";
import { exampleModel, verifyGas } from "./lib/example-model.ts";

const { optimizer } = SOLC_SETTINGS;
const SETTINGS: readonly (readonly [name: string, settings: object])[] = [
  ["legacy, runs 1,000,000", SOLC_SETTINGS],
  ["legacy, runs 200", { ...SOLC_SETTINGS, optimizer: { ...optimizer, runs: 200 } }],
  ["legacy, runs 1", SMALL_SETTINGS],
  [
    "legacy, without common subexpression elimination",
    { ...SOLC_SETTINGS, optimizer: { ...optimizer, details: { cse: false } } },
  ],
];

const models = process.argv.length > 2 ? process.argv.slice(2) : ["digits_mlp", "lenet5"];
const chain = await createVerifierChain();
const engine = await createEngine({ threads: 1 });
const cells: string[][] = SETTINGS.map(([name]) => [name]);
try {
  for (const model of models) {
    const { circuit, key, input } = await exampleModel(engine, model, {
      chooseLayout: (layOut) => planLayout(layOut).circuit,
    });
    const proof = prove(key, input, new Uint8Array(32).fill(0xab));
    const { source } = generateVerifier(key.verifyingKey);
    for (const [row, [, settings]] of SETTINGS.entries()) {
      const { bytecode, runtimeBytes } = await compileVerifier(source, undefined, settings);
      const gasUsed = await verifyGas(chain, await chain.deploy(bytecode), circuit, proof);
      cells[row].push(gasUsed.toLocaleString("en-US"), runtimeBytes.toLocaleString("en-US"));
    }
  }
} finally {
  await engine.close();
  await chain.close();
}
console.log(`| settings | ${models.map((model) => `${model}, gas | bytes`).join(" | ")} |`);
console.log(`|---|${"---:|---:|".repeat(models.length)}`);
for (const row of cells) console.log(`| ${row.join(" | ")} |`);
