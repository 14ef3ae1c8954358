/** What the kill suite runs: honest proofs of several circuits, altered and forged ones, and what each must lead to. */
import { serialize } from "node:v8";
import { compile } from "../../compiler/compile.ts";
import type { Circuit } from "../../core/circuit.ts";
import { layoutOf } from "../../core/layout.ts";
import { tableValues } from "../../core/lookup.ts";
import { packedLength, packTensors } from "../../core/packing.ts";
import { preimagesOf, readTensors, statementBytes } from "../../core/statement.ts";
import { srsDigest } from "../../core/verifying-key.ts";
import { createEngine } from "../../prover/engine.ts";
import { prove } from "../../prover/prove.ts";
import { computeWitness } from "../../prover/witness.ts";
import { extremeInputs } from "../../test/compiler/support/agreement.ts";
import { CASES } from "../../test/compiler/support/cases/all.ts";
import { ARG_MAX_CASES } from "../../test/compiler/support/cases/arg-max.ts";
import { buildModel } from "../../test/compiler/support/onnx.ts";
import { floats, random } from "../../test/compiler/support/random.ts";
import { cheatsAt } from "../../test/soundness/support/cheats.ts";
import { withHint } from "../../test/soundness/support/hint.ts";
import { context, FIXTURES, inputOf, outcome, provenPair, SEED } from "../../test/soundness/support/proven.ts";
import {
  keyTampers,
  lengthTampers,
  nameOf,
  type Proven,
  preimageTampers,
  proofTampers,
  shapeTampers,
  statementTampers,
} from "../../test/soundness/support/tampers.ts";
import { memoryCircuit, mixedCircuit, tinyCircuit, veiledCircuit } from "../../test/support/circuits.ts";
import { testKey } from "../../test/support/proofs.ts";
import { type StackingCase, stackingCases } from "./stacking.ts";

export interface Case extends Proven {
  readonly name: string;
  /** "accepted", or the name of the error. */
  readonly expected: string;
}

/** Public tensors, their integers, and their bytes. */
export interface PackingCase {
  readonly tensors: Circuit["inputs"];
  readonly values: readonly Int32Array[];
  readonly bytes: Uint8Array;
  /** Smallest and largest integer of an element. */
  readonly lo: number;
  readonly hi: number;
}

/** Tensors of every visibility: what a prover sends of them. */
export interface BoundaryCase {
  readonly circuit: Circuit;
  readonly packed: Uint8Array;
  readonly form: Uint8Array;
  readonly preimages: Uint8Array;
  /** Names of the tensors whose bytes a verifier reads. */
  readonly read: readonly string[];
}

export interface Fixtures {
  readonly boundary: BoundaryCase;
  readonly cases: readonly Case[];
  readonly packing: readonly PackingCase[];
  readonly stacking: readonly StackingCase[];
  /** Hex digest of the fixtures' SRS, were it not marked insecure. */
  readonly secureSrs: string;
  readonly tables: readonly { readonly circuit: Circuit; readonly index: number; readonly values: Int32Array }[];
}

/** Stand for those of committed tensors. */
const COMMITMENTS = [{ x: 1n, y: 2n }, null];

const COMPILED = [
  "Conv strides 2 and 3, asymmetric pads",
  "Conv groups",
  "AveragePool padding left out",
  "Concat of channels, Conv",
  "ArgMax of scores",
  "gated unit: Sigmoid · Tanh of one Gemm each, Gemm",
];

/** Without `long`, the proofs of two circuits and what is made of them. */
export async function makeFixtures(long: boolean): Promise<Buffer> {
  const engine = await createEngine({ threads: 1 });
  const cases: Case[] = [];
  const add = (name: string, proven: Proven, circuit = { ...proven.key.circuit, fixed: new Int32Array(0) }): void => {
    const stripped = { ...proven, key: { ...proven.key, circuit } };
    cases.push({
      name,
      key: stripped.key,
      statement: proven.statement,
      proof: proven.proof,
      expected: outcome(stripped),
    });
  };
  const honest = (name: string, circuit: Circuit, input: readonly ArrayLike<number>[]): void => {
    const key = testKey(engine, circuit);
    const { proof, ...statement } = prove(key, input, context);
    add(name, { key: key.verifyingKey, statement, proof });
  };
  try {
    const pairs = FIXTURES.map((fixture) => ({ fixture, ...provenPair(engine, fixture) }));
    for (const { fixture, proven, other } of pairs) {
      add(`honest ${fixture.title}`, proven);
      add(`honest other ${fixture.title}`, other);
    }
    const limit = { title: "", limit: 50 };
    const layouts = [
      [4, 2048],
      [1, 1024],
    ] as const;
    for (const [blocksPerColumn, fixedColumnLength] of long ? layouts : []) {
      const circuit = mixedCircuit({ seed: SEED, blocksPerColumn, fixedColumnLength });
      honest(`honest ${blocksPerColumn} blocks`, circuit, inputOf({ ...limit, circuit }, SEED));
    }
    if (long) {
      const circuit = inputTableCircuit();
      honest("honest table of its own for the input", circuit, inputOf({ ...limit, circuit }, SEED));
      honest("honest committed input of several elements", committedInput(), [[3, 20, 1]]);
      honest("honest reads of memory", memoryCircuit(), [
        [7, -20, 20, 0, -1],
        [0, 3],
      ]);
    }
    for (const name of long ? COMPILED : []) {
      const { circuit, input } = compiled(name);
      honest(`honest ${name}`, circuit, input);
    }

    const [{ proven, other, key, fixture }, , veiled] = pairs;
    const tampers = [
      ...shapeTampers(proven),
      ...lengthTampers(proven),
      ...proofTampers(proven, other.proof),
      ...proofTampers(proven, other.proof)
        .filter(({ target, way }) => !target.startsWith("tail/") && /^(infinity|off|plus one)/.test(way))
        .map(withHint),
      ...statementTampers(proven).map(withHint),
      ...[...statementTampers(veiled.proven), ...preimageTampers(veiled.proven)].map(withHint),
      ...keyTampers(proven, proven.key.tauG2).filter(({ target }) => target !== "circuit" && target !== "tauG2"),
    ];
    for (const tamper of tampers) add(nameOf(tamper), tamper);
    const witness = computeWitness(key.plan, inputOf(fixture, SEED));
    for (const cheat of long ? cheatsAt(key.plan, witness, fixture.circuit.segments[0].start) : []) {
      const { proof, ...statement } = prove(key, inputOf(fixture, SEED), context, { witness: cheat.witness });
      add(`cheat ${cheat.name}`, { key: key.verifyingKey, statement, proof });
    }
  } finally {
    await engine.close();
  }
  const circuits = [...FIXTURES.map(({ circuit }) => circuit), steppedTable()];
  const fixtures: Fixtures = {
    cases,
    boundary: boundaryCase(veiledCircuit()),
    packing: packingCases(),
    stacking: stackingCases(),
    secureSrs: Buffer.from(srsDigest(cases[0].key.tauG2, false)).toString("hex"),
    tables: circuits.flatMap((circuit) =>
      circuit.tables.map((_, index) => ({ circuit, index, values: tableValues(circuit, index) })),
    ),
  };
  return serialize(fixtures);
}

/** A table that jumps inside its domain. */
function steppedTable(): Circuit {
  const [{ circuit }] = FIXTURES;
  return {
    ...circuit,
    tables: [
      {
        name: "step",
        lo: -2,
        hi: 2,
        breaks: [
          { at: -2, level: 3, slope: 0 },
          { at: 1, level: 4, slope: 0 },
        ],
      },
    ],
  };
}

function committedInput(): Circuit {
  const circuit = tinyCircuit();
  return { ...circuit, inputs: circuit.inputs.map((tensor) => ({ ...tensor, visibility: "committed" as const })) };
}

/** The input in a table of its own that starts behind its first break, and a segment with the constant 1. */
function inputTableCircuit(): Circuit {
  const circuit = mixedCircuit({ seed: SEED });
  const bytes = { name: "bytes", lo: 0, hi: 60, breaks: [{ at: -20, level: -20, slope: 1 }] };
  return {
    ...circuit,
    tables: [...circuit.tables, bytes],
    inputs: circuit.inputs.map((input) => ({ ...input, table: circuit.tables.length })),
    segments: circuit.segments.map((segment, i) => (i === 1 ? { ...segment, constant: 1 } : segment)),
  };
}

function compiled(name: string): { circuit: Circuit; input: Int32Array[] } {
  const item = [...CASES, ...ARG_MAX_CASES].find((candidate) => candidate.name === name);
  if (item === undefined) throw new Error(`no case ${name}`);
  const next = random(SEED);
  const inputs = Array.from({ length: 4 }, () =>
    Object.fromEntries(
      Object.entries(item.model.inputs).map(([input, dims]) => {
        const size = (dims as readonly number[]).reduce((n, dim) => n * dim, 1);
        return [input, floats(next, size, item.lo ?? -1, item.hi ?? 1)];
      }),
    ),
  );
  const options = { calibration: { inputs }, activationBits: 6, fineBits: 0, shiftBits: 8 };
  const { circuit, program } = compile(buildModel(item.model), options);
  layoutOf(circuit);
  return { circuit, input: extremeInputs(program, next, 4)[3] };
}

function boundaryCase(circuit: Circuit): BoundaryCase {
  const tensors = [...circuit.inputs, ...circuit.outputs];
  const packed = Uint8Array.from({ length: packedLength(tensors) }, (_, i) => i + 1);
  return {
    circuit,
    packed,
    form: statementBytes(tensors, packed, COMMITMENTS),
    preimages: preimagesOf(tensors, packed),
    read: readTensors(circuit).map(({ tensor }) => tensor.name),
  };
}

/** Every element size with and without a sign, at the ends of its range. */
function packingCases(): PackingCase[] {
  return ([1, 2, 4] as const).flatMap((elementBytes) =>
    [true, false].map((signed) => {
      const span = 2 ** (8 * elementBytes);
      const [lo, hi] = signed ? [-span / 2, span / 2 - 1] : [0, span - 1];
      const top = Math.min(hi, 2 ** 31 - 1);
      // A group and a part of one, at the ends of the range.
      const many = Int32Array.from({ length: 40 }, (_, i) => [lo, top, 0, 1, lo + 1][i % 5]);
      const values = [many, Int32Array.of(top - 1)];
      const tensors = values.map(({ length }, i) => ({
        name: `t${i}`,
        visibility: "public" as const,
        shape: [length],
        block: "y" as const,
        start: 0,
        count: length,
        elementBytes,
        signed,
        scale: 1,
        table: 0,
      }));
      return { tensors, values, lo, hi, bytes: packTensors(tensors, values) };
    }),
  );
}
