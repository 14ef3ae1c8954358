/** One proof from an artifact folder. Programs that prove more than once keep a prover open instead (`openProver`). */
import type { Proof, ProveOptions } from "../prover/prove.ts";
import { openProver, type ProverOptions, type RealTensors } from "./prover.ts";

export interface ProveRequest extends ProverOptions, ProveOptions {
  /** Artifact folder. */
  readonly artifact: string;
  readonly input: RealTensors;
  /** 32 bytes that the proof is bound to (`contextOf` for a request); zeros by default. */
  readonly context?: Uint8Array;
}

/** The proof is verified before it is returned. */
export async function proveInference(request: ProveRequest): Promise<Proof> {
  const { artifact, input, context = new Uint8Array(32), ...options } = request;
  const prover = await openProver(artifact, options);
  try {
    return prover.prove(prover.pack(input), context, options);
  } finally {
    await prover.close();
  }
}
