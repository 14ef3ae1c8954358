/** The prover's side of `core/statement.ts`: packed tensors, columns of committed ones, and what the statement carries of them. */
import type { BoundaryTensor, Circuit } from "../core/circuit.ts";
import { packTensors } from "../core/packing.ts";
import { committedColumnLength, committedTensors, preimagesOf, statementBytes } from "../core/statement.ts";
import type { Engine, PointVec } from "../kernels/engine.ts";
import type { CommittedColumn } from "./columns.ts";
import { BlindingCountError } from "./errors.ts";
import { randomScalars } from "./masks.ts";

/** What the statement hides of a proof's tensors. Who has it can open the commitments: keep it, or hand it to the next prover. */
export interface BoundarySecrets {
  /** All elements of all inputs, packed, whatever their visibility. */
  readonly packedInput: Uint8Array;
  readonly packedOutput: Uint8Array;
  /** Blinding cell of each committed tensor, inputs first. */
  readonly blindings: readonly bigint[];
}

export interface Boundary {
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  /** Packed bytes that travel behind the words of the proof. */
  readonly preimages: Uint8Array;
  /** In the order of `committedTensors`. */
  readonly columns: readonly CommittedColumn[];
  readonly secrets: BoundarySecrets;
}

/** `input[t]` and `output[t]` hold integers; `blindings` those of committed tensors, drawn where undefined. */
export function commitBoundary(
  engine: Engine,
  points: PointVec,
  circuit: Pick<Circuit, "inputs" | "outputs">,
  input: readonly ArrayLike<number>[],
  output: readonly ArrayLike<number>[],
  blindings: readonly (bigint | undefined)[],
): Boundary {
  const { inputs, outputs } = circuit;
  const [packedInput, packedOutput] = [packTensors(inputs, input), packTensors(outputs, output)];
  const values = [...input, ...output];
  const committed = [...inputs, ...outputs].flatMap((tensor, t) =>
    tensor.visibility === "committed" ? [{ tensor, values: values[t] }] : [],
  );
  if (blindings.length !== committed.length) {
    throw new BlindingCountError("the blindings do not match the committed tensors", {
      expected: `${committed.length}, one for each of ${committed.map(({ tensor }) => tensor.name).join(", ") || "none"}`,
      got: `${blindings.length}`,
      remedy: "give one blinding or undefined for each committed tensor, inputs first",
    });
  }
  const drawn = blindings.map((blinding) => blinding ?? randomScalars(1)[0]);
  const columns = committed.map((item, index) => commitTensor(engine, points, item.tensor, item.values, drawn[index]));
  const commitments = columns.map(({ commitment }) => commitment);
  const inputCount = inputs.filter(({ visibility }) => visibility === "committed").length;
  return {
    input: statementBytes(inputs, packedInput, commitments.slice(0, inputCount)),
    output: statementBytes(outputs, packedOutput, commitments.slice(inputCount)),
    preimages: Uint8Array.from([...preimagesOf(inputs, packedInput), ...preimagesOf(outputs, packedOutput)]),
    columns,
    secrets: { packedInput, packedOutput, blindings: drawn },
  };
}

/** What a statement carries of an input before anything is proven, and the blindings that make a proof carry the same. */
export interface StatedInput {
  readonly input: Uint8Array;
  readonly blindings: readonly bigint[];
}

/** `blindings` of the committed inputs are drawn when absent. */
export function stateInput(
  engine: Engine,
  points: PointVec,
  inputs: readonly BoundaryTensor[],
  values: readonly ArrayLike<number>[],
  blindings: readonly (bigint | undefined)[] = committedTensors({ inputs, outputs: [] }).map(() => undefined),
): StatedInput {
  const mark = engine.mark();
  try {
    const boundary = commitBoundary(engine, points, { inputs, outputs: [] }, values, [], blindings);
    return { input: boundary.input, blindings: boundary.secrets.blindings };
  } finally {
    engine.release(mark);
  }
}

/** Column of a committed tensor: its elements, then the blinding cell. */
function commitTensor(
  engine: Engine,
  points: PointVec,
  tensor: BoundaryTensor,
  elements: ArrayLike<number>,
  blinding: bigint,
): CommittedColumn {
  const cells = new Int32Array(committedColumnLength(tensor));
  cells.set(Array.from(elements));
  const values = engine.frVec(cells.length);
  const mark = engine.mark();
  engine.fromInts(values, engine.intVec(cells));
  engine.release(mark);
  engine.write(values, tensor.count, [blinding]);
  return { values, commitment: engine.msm(points, values) };
}
