/** Run by lifecycle.test.ts in a worker thread: an engine with a thread of its own must work there as well. */
import { parentPort } from "node:worker_threads";
import { createEngine } from "../../../prover/engine.ts";

const engine = await createEngine({ threads: 2, sharingPaysNs: 1 });
const v = engine.frVec(1000);
engine.powers(v, 2n);
const sum = engine.evaluate(v, 1n);
await engine.close();
parentPort!.postMessage(sum);
