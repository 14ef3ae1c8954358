/** Run by revectorize.test.ts in a process of its own: prints the digest of a proof without masks. */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { createEngine } from "../../../prover/engine.ts";
import { prove } from "../../../prover/prove.ts";
import { mixedCircuit } from "../../support/circuits.ts";
import { testKey } from "../../support/proofs.ts";

const engine = await createEngine({ threads: 2, sharingPaysNs: 1, revectorize: process.argv[2] === "revectorize" });
const key = testKey(engine, mixedCircuit({ blocksPerColumn: 2, seed: 41 }));
const input = Array.from({ length: 25 }, (_, i) => (7 * i) % 51);
const { proof } = prove(key, [input], new Uint8Array(32), { zeroKnowledge: false });
await engine.close();
process.stdout.write(Buffer.from(keccak_256(proof)).toString("hex"));
