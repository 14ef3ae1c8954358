/**
 * What zero knowledge and each visibility cost: the gas of a transaction that calls `verify` of the standalone form, and the processor time
 * of a proof by that of the first row, made in turns on one thread. The integers are the same in every row of a model.
 *
 *     node scripts/visibility-cost.ts [--runs N] [MODEL ...]
 *
 * MODEL is a folder of examples/models. Prints the table of docs/gas.md (24 runs).
 */
import { parseArgs } from "node:util";
import { buildVerifier } from "../api/verifier.ts";
import type { CompileOptions } from "../compiler/compile.ts";
import { createEngine } from "../prover/engine.ts";
import { prove } from "../prover/prove.ts";
import { createVerifierChain, type VerifierChain } from "../test/verifier-gen/chain.ts";
import { cpuMs } from "./lib/cpu-time.ts";
import { type ExampleModel, exampleModel, verifyGas } from "./lib/example-model.ts";

/** Of every row, so that nothing but visibility differs. */
const SAME = { activationBits: 7, fineBits: 4, shiftBits: 12, blocksPerColumn: 4 } as const;

interface Row {
  readonly name: string;
  readonly options: Partial<CompileOptions>;
  readonly zeroKnowledge: boolean;
}

const ROWS: readonly Row[] = [
  { name: "everything public, zero knowledge", options: {}, zeroKnowledge: true },
  { name: "without zero knowledge", options: {}, zeroKnowledge: false },
  { name: "input hashed", options: { inputVisibility: "hashed" }, zeroKnowledge: true },
  { name: "input committed", options: { inputVisibility: "committed" }, zeroKnowledge: true },
  { name: "input private", options: { inputVisibility: "private" }, zeroKnowledge: true },
  { name: "output committed", options: { outputVisibility: "committed" }, zeroKnowledge: true },
  { name: "weights private", options: { weights: "private" }, zeroKnowledge: true },
];
const CONTEXT = new Uint8Array(32).fill(0xab);

const { values, positionals } = parseArgs({
  options: { runs: { type: "string", default: "8" } },
  allowPositionals: true,
});
const runs = Number(values.runs);
const models = positionals.length > 0 ? positionals : ["digits_mlp", "lenet5"];

interface Measured {
  readonly gasUsed: number;
  /** Of a proof, by that of the first row. */
  readonly time: number;
}

async function gasOf(chain: VerifierChain, { key, circuit, input }: ExampleModel, zeroKnowledge: boolean) {
  const { bytecode } = await buildVerifier(key);
  const proof = prove(key, input, CONTEXT, { zeroKnowledge });
  return verifyGas(chain, await chain.deploy(bytecode), circuit, proof);
}

async function measure(chain: VerifierChain, model: string): Promise<Measured[]> {
  const engine = await createEngine({ threads: 1 });
  try {
    const rows: { example: ExampleModel; zeroKnowledge: boolean; gasUsed: number; leastMs: number }[] = [];
    for (const { options, zeroKnowledge } of ROWS) {
      const example = await exampleModel(engine, model, { ...SAME, ...options });
      const gasUsed = await gasOf(chain, example, zeroKnowledge);
      rows.push({ example, zeroKnowledge, gasUsed, leastMs: Number.POSITIVE_INFINITY });
    }
    for (let run = 0; run < runs; run++) {
      for (const row of rows) {
        const { key, input } = row.example;
        const ms = cpuMs(() => prove(key, input, CONTEXT, { zeroKnowledge: row.zeroKnowledge }));
        row.leastMs = Math.min(row.leastMs, ms);
      }
    }
    return rows.map(({ gasUsed, leastMs }) => ({ gasUsed, time: leastMs / rows[0].leastMs }));
  } finally {
    await engine.close();
  }
}

const chain = await createVerifierChain();
try {
  const measured: Measured[][] = [];
  for (const model of models) measured.push(await measure(chain, model));
  console.log(`| | ${models.map((model) => `${model}, gas | time`).join(" | ")} |`);
  console.log(`|---|${"---:|---:|".repeat(models.length)}`);
  ROWS.forEach(({ name }, i) => {
    const cells = measured.flatMap((rows) => [rows[i].gasUsed.toLocaleString("en-US"), rows[i].time.toFixed(2)]);
    console.log(`| ${[name, ...cells].join(" | ")} |`);
  });
} finally {
  await chain.close();
}
