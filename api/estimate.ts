/**
 * What a circuit will cost, before anything is proven.
 *
 * Proof bytes are exact. Gas is the model of `verifier-gen/gas-model.ts` with calldata and the market around it. Memory is the plan of
 * `prover/memory.ts` and what JavaScript holds beside it. Time is the largest kinds of work (`prover/work.ts`) on two threads, fitted
 * to `gavel bench` by `scripts/fit-estimate.ts`; other machines need their own fit.
 */
import type { Circuit } from "../core/circuit.ts";
import { layoutOf } from "../core/layout.ts";
import { proofLength, proofWordCount } from "../core/proof.ts";
import { preimageLength, statementLength } from "../core/statement.ts";
import { memoryPlan } from "../prover/memory.ts";
import { provingWork } from "../prover/work.ts";
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
export const CALLDATA_GAS_PER_WORD = 512;
/** Calldata and hashing in the market; some bytes are zero. */
export const GAS_PER_PUBLIC_BYTE = 14;
/**
 * What a transaction pays at least, whatever it executes: 21,000 (with the other arguments of the call: 27,000), and 10 for a zero and
 * 40 for another byte of calldata (EIP-7623). It binds where public tensors are wide; some of their bytes are zero.
 */
const FLOOR_BASE_GAS = 27_000;
const FLOOR_GAS_PER_WORD = 1275;
const FLOOR_GAS_PER_PUBLIC_BYTE = 33;

/** Threads that time and memory are estimated for. */
export const ESTIMATED_THREADS = 2;
/** Of the machine of `docs/performance.md`. */
const BASE_PROVE_MS = 30;
const NS_PER_ADDITION = 72;
const NS_PER_BUTTERFLY = 6.5;
const NS_PER_PRODUCT = 35;
/** Node, the kernels, the code of the prover. */
const BASE_MEMORY_MB = 140;
/** The weights and where products find them. */
const BYTES_PER_FIXED_CELL = 12;
/** The witness, its tables, and what is garbage until it is collected, which is at about MOST_ROW_BYTES. */
const BYTES_PER_ROW = 700;
const MOST_ROW_BYTES = 90e6;

/** Milliseconds on two threads, gas of the settlement, bytes of the proof, megabytes of memory. */
export function estimateCost(circuit: Circuit): CostEstimate {
  const layout = layoutOf(circuit);
  const words = proofWordCount(circuit);
  const publicBytes = statementLength(circuit.inputs) + statementLength(circuit.outputs) + preimageLength(circuit);
  const { additions, butterflies, products } = provingWork(circuit, ESTIMATED_THREADS);
  const { peakBytes } = memoryPlan({ circuit, layout, segments: [] }, ESTIMATED_THREADS, true);
  const provingNs = NS_PER_ADDITION * additions + NS_PER_BUTTERFLY * butterflies + NS_PER_PRODUCT * products;
  const heldBytes = BYTES_PER_FIXED_CELL * circuit.fixedLength + Math.min(MOST_ROW_BYTES, BYTES_PER_ROW * layout.rows);
  const { executionGas, form } = predictGas(circuit);
  const paidGas = SETTLEMENT_GAS + executionGas + CALLDATA_GAS_PER_WORD * words + GAS_PER_PUBLIC_BYTE * publicBytes;
  const floorGas = FLOOR_BASE_GAS + FLOOR_GAS_PER_WORD * words + FLOOR_GAS_PER_PUBLIC_BYTE * publicBytes;
  return {
    proveMs: Math.round(BASE_PROVE_MS + provingNs / 1e6),
    gasUsed: Math.round(Math.max(paidGas, floorGas)),
    verifierForm: form,
    proofBytes: proofLength(circuit),
    peakMemoryMb: Math.round(BASE_MEMORY_MB + (peakBytes + heldBytes) / 1e6),
  };
}
