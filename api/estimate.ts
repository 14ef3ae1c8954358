/**
 * What a circuit will cost, before anything is proven.
 *
 * Proof bytes are exact. Gas is the model of `verifier-gen/gas-model.ts` with calldata and the market around it. Time and memory are
 * straight lines through figures of `gavel bench` (zero knowledge on, two threads of a two-core machine): digits_mlp (2^14 cells in the
 * longest column, 150 ms), digits_resnet (2^15, 252 ms), lenet5 (2^16, 471 ms) and a network with two million weights (1.5 s). Circuits
 * much larger than these are extrapolation.
 */
import type { Circuit } from "../core/circuit.ts";
import { layoutOf } from "../core/layout.ts";
import { proofLength, proofWordCount } from "../core/proof.ts";
import { preimageLength, statementLength } from "../core/statement.ts";
import { predictGas } from "../verifier-gen/gas-model.ts";
import type { VerifierForm } from "./verifier.ts";

export interface CostEstimate {
  readonly proveMs: number;
  /** The whole transaction that settles a request, without the consumer's call. */
  readonly gasUsed: number;
  /** The form of verifier that fits in a contract. */
  readonly verifierForm: VerifierForm;
  readonly proofBytes: number;
  readonly peakMemoryMb: number;
}

/** Transaction, market, and the calldata of the settlement's arguments. */
const SETTLEMENT_GAS = 74_600;
const CALLDATA_GAS_PER_WORD = 512;
/** Calldata and hashing in the market; some bytes are zero. */
const GAS_PER_PUBLIC_BYTE = 14;

const BASE_PROVE_MS = 45;
/** Transforms and the opening work on columns padded to the longest one. */
const PROVE_MS_PER_LONGEST_CELL = 0.003;
/** Weights of witness terms are spread over whole columns. */
const PROVE_MS_PER_WITNESS_COLUMN_CELL = 0.0035;
/** Weights are combined and weighed column by column. */
const PROVE_MS_PER_FIXED_CELL = 0.0005;
/** Node, the kernels and the code of the prover. */
const BASE_MEMORY_MB = 140;
const MEMORY_MB_PER_COLUMN_CELL = 0.0007;
const MEMORY_MB_PER_FIXED_CELL = 0.00016;

export function estimateCost(circuit: Circuit): CostEstimate {
  const layout = layoutOf(circuit);
  const words = proofWordCount(circuit);
  const publicBytes = statementLength(circuit.inputs) + statementLength(circuit.outputs) + preimageLength(circuit);
  const longest = layout.srsCount;
  const fixedCells = layout.fixedColumns * layout.fixedColumnLength;
  const { executionGas, form } = predictGas(circuit);
  return {
    proveMs: Math.round(
      BASE_PROVE_MS +
        PROVE_MS_PER_LONGEST_CELL * longest +
        PROVE_MS_PER_WITNESS_COLUMN_CELL * layout.witnessColumnLength +
        PROVE_MS_PER_FIXED_CELL * fixedCells,
    ),
    gasUsed: Math.round(
      SETTLEMENT_GAS + executionGas + CALLDATA_GAS_PER_WORD * words + GAS_PER_PUBLIC_BYTE * publicBytes,
    ),
    verifierForm: form,
    proofBytes: proofLength(circuit),
    peakMemoryMb: Math.round(
      BASE_MEMORY_MB + MEMORY_MB_PER_COLUMN_CELL * longest + MEMORY_MB_PER_FIXED_CELL * fixedCells,
    ),
  };
}
