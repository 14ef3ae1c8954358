/**
 * Honest proofs of the test circuits, two per circuit, for the suites that alter them. Their masks and blindings are seeded: what an
 * altered proof or a mutant leads to may hang on a single bit of a challenge, and is then the same in every run.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import type { BoundaryTensor, Circuit, Segment } from "../../../core/circuit.ts";
import { fromBytes, R } from "../../../core/field.ts";
import { BLOCKS, hiddenColumns } from "../../../core/layout.ts";
import { committedTensors } from "../../../core/statement.ts";
import type { Engine } from "../../../kernels/engine.ts";
import type { Masks } from "../../../prover/masks.ts";
import { prove } from "../../../prover/prove.ts";
import type { ProvingKey } from "../../../prover/setup.ts";
import { verify } from "../../../verifier/verify.ts";
import { mixedCircuit, numbers, tinyCircuit, veiledCircuit } from "../../support/circuits.ts";
import { TEST_TAU, testKey } from "../../support/proofs.ts";
import type { Proven, Tamper } from "./tampers.ts";

export const SEED = 41;
export const context = keccak_256(new TextEncoder().encode("soundness"));

export interface Fixture {
  readonly title: string;
  readonly circuit: Circuit;
  /** Largest input element. */
  readonly limit: number;
}

/** The mixed circuit with its inner layers public as well: values that move with the input, in full groups and in a partial one. */
function wideCircuit(): Circuit {
  const circuit = mixedCircuit({ seed: SEED, blocksPerColumn: 2 });
  const [conv, dense] = circuit.segments;
  const [last] = circuit.outputs;
  const layer = ({ start, count, table }: Segment, elementBytes: 2 | 4, signed: boolean): BoundaryTensor => ({
    ...last,
    name: `rows ${start}`,
    block: "y",
    start,
    shape: [count],
    count,
    table,
    elementBytes,
    signed,
  });
  return { ...circuit, outputs: [layer(conv, 2, false), layer(dense, 4, true), last] };
}

export const FIXTURES: readonly Fixture[] = [
  { title: "tiny", circuit: tinyCircuit(), limit: 20 },
  { title: "mixed", circuit: wideCircuit(), limit: 50 },
  { title: "veiled", circuit: veiledCircuit(), limit: 20 },
];

export function inputOf({ circuit, limit }: Fixture, seed: number): number[][] {
  const random = numbers(seed);
  return circuit.inputs.map(({ count }) => Array.from({ length: count }, () => random(0, limit)));
}

export function provenPair(engine: Engine, fixture: Fixture): { key: ProvingKey; proven: Proven; other: Proven } {
  const { circuit } = fixture;
  const key = testKey(engine, circuit, TEST_TAU, scalars("weights", hiddenColumns(circuit).length));
  return { key, proven: provenWith(key, fixture, SEED), other: provenWith(key, fixture, SEED + 2) };
}

export function provenWith(key: ProvingKey, fixture: Fixture, seed: number): Proven {
  const { circuit } = fixture;
  const { proof, ...statement } = prove(key, inputOf(fixture, seed), context, {
    masks: Object.fromEntries(
      BLOCKS.map((block) => [block, scalars(`masks ${seed} ${block}`, circuit.maskRows)]),
    ) as unknown as Masks,
    blindings: scalars(`blindings ${seed}`, committedTensors(circuit).length),
  });
  return { key: key.verifyingKey, statement, proof };
}

function scalars(label: string, count: number): bigint[] {
  const draw = (i: number) => fromBytes(keccak_256(new TextEncoder().encode(`${SEED} ${label} ${i}`))) % R;
  return Array.from({ length: count }, (_, i) => draw(i));
}

/** Name of the error that the TypeScript verifier throws, or "accepted". */
export function outcome({ key, statement, proof }: Proven | Tamper): string {
  try {
    verify(key, statement, proof);
    return "accepted";
  } catch (error) {
    return (error as Error).name;
  }
}
