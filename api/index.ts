/** The verbs of the `gavel` command for programs. */
// biome-ignore-all lint/performance/noBarrelFile: the one entry that gathers others; everything has an entry of its own too.
export { verify } from "../verifier/verify.ts";
export { loadArtifact } from "./artifact.ts";
export { registerModel, requestInference, settle, waitForSettlement } from "./client.ts";
export { compileModel as compile } from "./compile.ts";
export { estimateCost } from "./estimate.ts";
export { readInput } from "./input-file.ts";
export { loadProof, saveProof } from "./proof-file.ts";
export { proveInference as prove } from "./prove.ts";
export { openProver, packInput, unpackBatch, unpackOutput } from "./prover.ts";
export { settleBatch } from "./settle-batch.ts";
export { contextOf } from "./statement.ts";
export { buildVerifier, chooseVerifier, deployVerifier } from "./verifier.ts";
