/** A prover for one artifact: engine, SRS and index lists are prepared once, then any number of inferences are proven. */

import type { BoundaryTensor } from "../core/circuit.ts";
import { layoutOf } from "../core/layout.ts";
import { packedLength, packTensors, unpackTensors } from "../core/packing.ts";
import { placedTensors, StatementError, statementLength } from "../core/statement.ts";
import { dequantizeTensor, quantizeTensor } from "../core/tensor.ts";
import { type StatedInput, stateInput } from "../prover/boundary.ts";
import { createEngine } from "../prover/engine.ts";
import { type Proof, type ProveOptions, prove } from "../prover/prove.ts";
import { type ProvingKey, setup } from "../prover/setup.ts";
import { computeWitness, type Witness, witnessOutputs } from "../prover/witness.ts";
import { loadSrs } from "../srs/load.ts";
import { verify } from "../verifier/verify.ts";
import { type Artifact, ArtifactError, loadArtifact } from "./artifact.ts";

/**
 * Real numbers by tensor, row-major, in the order of the model's inputs. For a model compiled for a batch, each tensor holds one
 * inference after another, as many as the batch or fewer.
 */
export type RealTensors = readonly ArrayLike<number>[];

export interface ModelProver {
  readonly artifact: Artifact;
  readonly key: ProvingKey;
  /** Quantizes real inputs to the packed bytes that a request carries, see `packInput`. */
  pack(input: RealTensors): Uint8Array;
  /** Runs the integer model on packed input; the output is packed too. */
  run(input: Uint8Array): { readonly witness: Witness; readonly output: Uint8Array };
  /**
   * What a request carries of packed input (`docs/market.md`), and the blindings with which `prove` states the same: the input itself
   * where it is public, its hash, a commitment, or nothing.
   */
  state(input: Uint8Array, blindings?: readonly bigint[]): StatedInput;
  /** Proves packed input for a 32-byte context, and verifies the proof before returning it. */
  prove(input: Uint8Array, context: Uint8Array, options?: ProveOptions): Proof;
  close(): Promise<void>;
}

export interface ProverOptions {
  /** Threads for proving; 2 by default. */
  readonly threads?: number;
  /** Lets V8 use 256-bit operations, an experiment of V8; false by default. The proofs are the same. */
  readonly revectorize?: boolean;
  /**
   * For a process that makes many proofs of a small model: opening takes up to half a second and 37 MB more, and each proof a tenth
   * less. False by default. The proofs are the same.
   */
  readonly manyProofs?: boolean;
}

/**
 * Loads a folder that `gavel compile` wrote, its SRS and its weights; takes as long as a few proofs. Throws ArtifactError for a folder that is
 * damaged or can only verify. Close the prover to end its threads.
 */
export async function openProver(artifact: string | Artifact, options: ProverOptions = {}): Promise<ModelProver> {
  const loaded = typeof artifact === "string" ? await loadArtifact(artifact) : artifact;
  const { circuit, verifyingKey, weightBlindings } = loaded;
  if (circuit.fixed.length < circuit.fixedLength) {
    throw new ArtifactError("the artifact has no weights", {
      expected: "fixed.bin, which the owner of the model keeps where weights are private",
      got: `a copy of ${loaded.dir} that can only verify`,
      remedy: "prove with the folder that `gavel compile` wrote",
    });
  }
  const srs = await loadSrs(loaded.srsPath, layoutOf(circuit).srsCount);
  const engine = await createEngine({ threads: options.threads ?? 2, revectorize: options.revectorize ?? false });
  const key = setup(engine, circuit, srs, verifyingKey, weightBlindings, options.manyProofs ?? false);
  return {
    artifact: loaded,
    key,
    pack: (input) => packInput(loaded, input),
    run(input) {
      const witness = computeWitness(key.plan, unpackTensors(circuit.inputs, input));
      return { witness, output: packTensors(circuit.outputs, witnessOutputs(circuit, witness)) };
    },
    state: (input, blindings) =>
      stateInput(engine, key.points, circuit.inputs, unpackTensors(circuit.inputs, input), blindings),
    prove(input, context, proveOptions) {
      const proof = prove(key, unpackTensors(circuit.inputs, input), context, proveOptions);
      verify(verifyingKey, proof, proof.proof);
      return proof;
    },
    close: () => engine.close(),
  };
}

/** Real inputs as the packed bytes of a request. Needs no prover. A short batch is filled up by repeating its last inference. */
export function packInput({ circuit }: Pick<Artifact, "circuit">, input: RealTensors): Uint8Array {
  return packTensors(
    circuit.inputs,
    circuit.inputs.map((tensor, t) => quantizeTensor(tensor, filledBatch(tensor, circuit.batch ?? 1, input[t]))),
  );
}

function filledBatch({ count }: BoundaryTensor, batch: number, values: ArrayLike<number>): ArrayLike<number> {
  const size = count / batch;
  const given = (values?.length ?? 0) / size;
  if (given >= batch || given < 1 || !Number.isInteger(given)) return values;
  const last = (given - 1) * size;
  return Array.from({ length: count }, (_, i) => values[i < given * size ? i : last + (i % size)]);
}

/**
 * `stated`: what a statement carries, as `proof.output` and a settlement have it. `packed`: the packed bytes of every tensor, as `run` and
 * `proof.secrets` have them. Where all outputs are public the two are the same; otherwise their lengths do not tell them apart.
 */
export type OutputForm = "stated" | "packed";

/**
 * Outputs as real numbers, by tensor; a batch's inferences stand one after another. Of what a statement carries, tensors that are not
 * public have no numbers. Throws StatementError or PackingError for bytes of another length than the form has.
 */
export function unpackOutput(
  { circuit }: Pick<Artifact, "circuit">,
  output: Uint8Array,
  form: OutputForm = "stated",
): Float64Array[] {
  const { outputs } = circuit;
  if (form === "packed") return unpackTensors(outputs, output).map((values, t) => dequantizeTensor(outputs[t], values));
  if (output.length !== statementLength(outputs)) {
    throw new StatementError("the output is not what a statement carries", {
      expected: `${statementLength(outputs)} bytes`,
      got: `${output.length} bytes`,
      remedy: 'give the output of a proof or a settlement; the packed bytes of every tensor are read as "packed"',
    });
  }
  return placedTensors({ inputs: [], outputs }).map(({ tensor, offset }) => {
    if (tensor.visibility !== "public") return new Float64Array();
    const [values] = unpackTensors([tensor], output.subarray(offset, offset + packedLength([tensor])));
    return dequantizeTensor(tensor, values);
  });
}

/** `unpackOutput` by inference of the batch and then by tensor. */
export function unpackBatch(
  artifact: Pick<Artifact, "circuit">,
  output: Uint8Array,
  form: OutputForm = "stated",
): Float64Array[][] {
  const { batch = 1 } = artifact.circuit;
  const tensors = unpackOutput(artifact, output, form);
  const part = (values: Float64Array, b: number): Float64Array => {
    const size = values.length / batch;
    return values.slice(b * size, (b + 1) * size);
  };
  return Array.from({ length: batch }, (_, b) => tensors.map((values) => part(values, b)));
}
