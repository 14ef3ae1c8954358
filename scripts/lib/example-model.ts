/** Models of examples/models as circuits, with keys of a development SRS, and the gas of their verifiers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Hex } from "viem";
import { readInput } from "../../api/input-file.ts";
import { packInput } from "../../api/prover.ts";
import { type CompileOptions, compile } from "../../compiler/compile.ts";
import type { Circuit } from "../../core/circuit.ts";
import { layoutOf } from "../../core/layout.ts";
import { unpackTensors } from "../../core/packing.ts";
import { preimageLength } from "../../core/statement.ts";
import type { Engine } from "../../kernels/engine.ts";
import type { Proof } from "../../prover/prove.ts";
import { type ProvingKey, setup } from "../../prover/setup.ts";
import { createDevelopmentSrs } from "../../srs/development.ts";
import type { VerifierChain } from "../../test/verifier-gen/chain.ts";

export interface ExampleModel {
  readonly circuit: Circuit;
  readonly key: ProvingKey;
  /** Integers of the first calibration sample, by tensor. */
  readonly input: readonly Int32Array[];
}

export async function exampleModel(
  engine: Engine,
  name: string,
  options: Omit<CompileOptions, "calibration" | "name"> = {},
): Promise<ExampleModel> {
  const folder = join(import.meta.dirname, "../../examples/models", name);
  const samples = join(folder, "calibration.json");
  const calibration = JSON.parse(readFileSync(samples, "utf8"));
  const { circuit } = compile(readFileSync(join(folder, "model.onnx")), { ...options, name, calibration });
  const key = setup(engine, circuit, createDevelopmentSrs(engine, layoutOf(circuit).srsCount));
  const packed = packInput({ circuit }, await readInput(samples, circuit));
  return { circuit, key, input: unpackTensors(circuit.inputs, packed) };
}

/** A non-zero byte of calldata less a zero one. */
const ZERO_BYTE_SAVES_GAS = 12;

/**
 * Gas of a transaction that calls `verify`, the words of the proof counted as bytes that are not zero: masks make some zero, in every run
 * others.
 */
export async function verifyGas(
  chain: VerifierChain,
  address: Hex,
  circuit: Circuit,
  statement: Proof,
): Promise<number> {
  const words = statement.proof.subarray(0, statement.proof.length - preimageLength(circuit));
  const zeroBytes = words.filter((byte) => byte === 0).length;
  return (await chain.transactionGas(address, statement, statement.proof)) + ZERO_BYTE_SAVES_GAS * zeroBytes;
}
