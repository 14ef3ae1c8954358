import { afterAll, beforeAll } from "vitest";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { createVerifierChain, type VerifierChain } from "./chain.ts";

/** Hands an engine of one thread and a chain to the tests of the block it is called in, and closes them behind the last. */
export function withEngineAndChain(take: (made: { engine: Engine; chain: VerifierChain }) => void): void {
  let engine: Engine | undefined;
  let chain: VerifierChain | undefined;
  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
    chain = await createVerifierChain();
    take({ engine, chain });
  });
  afterAll(async () => {
    await chain?.close();
    await engine?.close();
  });
}
