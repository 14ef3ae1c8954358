/** What proving needs of the machine, whatever the daemon's configuration. */
import { availableParallelism, freemem, totalmem } from "node:os";
import { fusesMultiplyAdd } from "../../prover/engine/self-test.ts";
import { createEngine } from "../../prover/engine.ts";
import { check, type Finding, failed, ok, warning } from "./check.ts";

const MIN_NODE_MAJOR = 22;
/** LeNet-5 needs 200 MB; a model of two million weights half a gigabyte. */
const SMALL_MEMORY_MB = 1024;

export async function checkMachine(): Promise<Finding[]> {
  const major = Number(process.versions.node.split(".")[0]);
  const freeMb = Math.floor(freemem() / 2 ** 20);
  const memory = `${freeMb} MB free of ${Math.floor(totalmem() / 2 ** 20)} MB`;
  const threads = availableParallelism();
  return [
    await check("Node.js", () =>
      major >= MIN_NODE_MAJOR
        ? ok(process.version)
        : failed(process.version, `install Node.js ${MIN_NODE_MAJOR} or newer, or start through ./gavel`),
    ),
    await check("memory", () =>
      freeMb >= SMALL_MEMORY_MB ? ok(memory) : warning(memory, "close other programs, or prove small models only"),
    ),
    await check("prover", async () => {
      // Starts the workers and compares their products with BigInt's.
      await (await createEngine({ threads })).close();
      const products = fusesMultiplyAdd() ? "fused" : "split";
      const found = `${threads} threads, ${products} products`;
      return products === "fused"
        ? ok(found)
        : warning(found, "this processor or Node.js does not fuse multiply-adds: proofs take about 3.5 times as long");
    }),
  ];
}
