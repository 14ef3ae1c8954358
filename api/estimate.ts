/**
 * What a circuit will cost, before anything is proven.
 *
 * Proof bytes are exact. The rest are straight lines through figures of `gavel bench` (zero knowledge on, two threads of a two-core
 * machine): gas within 2% of diabetes_linreg, digits_mlp (299k), digits_resnet and lenet5 (350k); time and memory of digits_mlp
 * (2^14 cells in the longest column, 150 ms), digits_resnet (2^15, 252 ms), lenet5 (2^16, 471 ms) and of a network with two million
 * weights (1.5 s). Circuits much larger than these are extrapolation.
 */
import type { Circuit, Term } from "../core/circuit.ts";
import { circuitProducts, layoutOf } from "../core/layout.ts";
import { proofLength, proofWordCount } from "../core/proof.ts";
import { committedTensors, preimageLength, statementLength } from "../core/statement.ts";

export interface CostEstimate {
  readonly proveMs: number;
  /** The whole transaction that settles a request, without the consumer's call. */
  readonly gasUsed: number;
  readonly proofBytes: number;
  readonly peakMemoryMb: number;
}

/** Transaction, market, transcript of the fixed messages, pairing. */
const BASE_GAS = 208_600;
/** Calldata and absorption of one word, and the round arithmetic that goes with it. */
const GAS_PER_PROOF_WORD = 1035;
/** Evaluating one axis of a term at the challenge point. */
const GAS_PER_AXIS = 210;
/** Calldata, hashing and weighting of the statement and of packed bytes behind the proof. */
const GAS_PER_PUBLIC_BYTE = 28.6;

/** Two curve operations, and the weights of its elements at two points. */
const GAS_PER_COMMITTED_TENSOR = 9000;

const BASE_PROVE_MS = 45;
/** Transforms, commitments and the opening work on the longest column. */
const PROVE_MS_PER_COLUMN_CELL = 0.0065;
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
  const axes = termsOf(circuit).reduce((sum, term) => sum + term.axes.length, 0);
  const longest = layout.srsCount;
  const fixedCells = layout.fixedColumns * layout.fixedColumnLength;
  return {
    proveMs: Math.round(BASE_PROVE_MS + PROVE_MS_PER_COLUMN_CELL * longest + PROVE_MS_PER_FIXED_CELL * fixedCells),
    gasUsed: Math.round(
      BASE_GAS +
        GAS_PER_PROOF_WORD * words +
        GAS_PER_AXIS * axes +
        GAS_PER_PUBLIC_BYTE * publicBytes +
        GAS_PER_COMMITTED_TENSOR * committedTensors(circuit).length,
    ),
    proofBytes: proofLength(circuit),
    peakMemoryMb: Math.round(
      BASE_MEMORY_MB + MEMORY_MB_PER_COLUMN_CELL * longest + MEMORY_MB_PER_FIXED_CELL * fixedCells,
    ),
  };
}

function termsOf(circuit: Circuit): Term[] {
  const operands = circuitProducts(circuit).flatMap(({ left, right }) => [...left, ...right]);
  return [...circuit.segments.flatMap((segment) => segment.linear), ...operands];
}
