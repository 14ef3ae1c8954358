/**
 * Moves of a malicious prover: each departs from the protocol once, in a cell, a message, a challenge or a length, and goes on
 * honestly from what it did. Lists are derived from the schedule, so that a new message is attacked without anybody remembering to.
 */

import type { Circuit } from "../../../core/circuit.ts";
import { pointWords } from "../../../core/curve.ts";
import { add, inv, mod, mul, pow, Q, sub } from "../../../core/field.ts";
import { BLOCKS, blockCell } from "../../../core/layout.ts";
import { hasCommittedValues, type LookupEvaluations, lookupConstraintAt } from "../../../core/lookup.ts";
import { type Absorb, partWords, pointName, type Step, scheduleOf, wordCount } from "../../../core/schedule.ts";
import { placedTensors, type Statement } from "../../../core/statement.ts";
import { createTranscript, type Transcript } from "../../../core/transcript.ts";
import type { CommittedColumn } from "../../../prover/columns.ts";
import type { ProverHooks } from "../../../prover/messages.ts";
import type { Phase } from "../../../prover/phases.ts";
import type { ProvingKey } from "../../../prover/setup.ts";
import type { Witness } from "../../../prover/witness.ts";
import { copyWitness } from "./cheats.ts";

export interface Move {
  readonly name: string;
  /** Cells to prove with; the honest ones when absent. */
  readonly witness?: Witness;
  /** Fresh for every proof. */
  readonly hooks: () => ProverHooks;
}

export function movesOf(key: ProvingKey, honest: Witness, statement: Statement): Move[] {
  const schedule = scheduleOf(key.plan.circuit);
  return [
    ...cellMoves(key),
    ...schedule.flatMap((step) => (step.kind === "absorb" ? messageMoves(step) : [])),
    ...schedule.flatMap((step) => (step.kind === "squeeze" ? challengeMoves(step.name) : [])),
    ...lengthMoves(schedule),
    ...statementMoves(key.plan.circuit, statement),
    compensatedEvaluation(key),
    compensatedSum(key, honest),
    compensatedOpenings(),
  ];
}

/** Committed cells changed before a phase that reads them: the rest of the proof is about other cells than the commitment. */
function cellMoves({ engine, plan: { circuit, layout } }: ProvingKey): Move[] {
  const change = (columns: readonly CommittedColumn[], column: number, offset: number, by: bigint): void => {
    const { values } = columns[column];
    engine.write(values, offset, [mod(engine.read(values, offset, 1)[0] + by)]);
  };
  const rows = [0, circuit.maskRows, circuit.constrainedStart, circuit.constrainedEnd - 1, layout.rows - 1];
  const witness = (["lookup", "sumcheck", "opening"] as const).flatMap((phase) =>
    BLOCKS.flatMap((block, b) => {
      const { column, offset } = blockCell(circuit, block, rows[b % rows.length]);
      return [1n, -1n].map((by) => ({
        name: `cell ${block}[${rows[b % rows.length]}] ${by > 0n ? "plus" : "minus"} one before ${phase}`,
        hooks: () => before(phase, (columns) => change(columns, column, offset, by)),
      }));
    }),
  );
  const helper = (["sumcheck", "opening"] as const).flatMap((phase) =>
    [0, circuit.maskRows, layout.rows - 1].map((row) => ({
      name: `helper[${row}] plus one before ${phase}`,
      hooks: () => before(phase, (columns) => change(columns, columns.length - 1, row, 1n)),
    })),
  );
  return [...witness, ...helper];
}

function before(phase: Phase, act: (columns: readonly CommittedColumn[]) => void): ProverHooks {
  return {
    before: (name, columns) => {
      if (name === phase) act(columns);
    },
  };
}

function inMessage(step: string, change: (words: readonly bigint[]) => readonly bigint[]): ProverHooks {
  return { message: (name, words) => (name === step ? change(words) : words) };
}

const GENERATOR = pointWords({ x: 1n, y: 2n });
const INFINITY = pointWords(null);

/** Every scalar moved, every point replaced by the generator, by infinity and by its negative. */
function messageMoves({ name, parts }: Absorb): Move[] {
  let position = 0;
  return parts.flatMap((part) => {
    const first = position;
    position += partWords(part);
    return Array.from({ length: part.count }, (_, k) => {
      const move = (way: string, change: (words: readonly bigint[]) => readonly bigint[]): Move => ({
        name: `message ${name}, ${part.name} ${k}: ${way}`,
        hooks: () => inMessage(name, change),
      });
      if (part.kind === "scalar") {
        const at = first + k;
        return [
          move("plus one", (words) => words.with(at, add(words[at], 1n))),
          move("zero", (words) => words.with(at, 0n)),
        ];
      }
      const x = first + 2 * k;
      return [
        move("generator", (words) => words.toSpliced(x, 2, ...GENERATOR)),
        move("infinity", (words) => words.toSpliced(x, 2, ...INFINITY)),
        move("negated", (words) => words.with(x + 1, Q - words[x + 1])),
      ];
    }).flat();
  });
}

/** Everything that depends on a challenge is computed from another one; the last word of the proof follows the true z. */
function challengeMoves(name: string): Move[] {
  return [{ name: `challenge ${name} plus one`, hooks: () => withChallenge(name) }];
}

function withChallenge(changed: string): ProverHooks {
  let z = 0n;
  return {
    transcript: (schedule, seed) =>
      squeezing(createTranscript(schedule, seed), (name, value) => {
        if (name === "z") z = value;
        return name === changed ? add(value, 1n) : value;
      }),
    ...inMessage("tail", ([, ...point]) => [inv(mul(z, sub(mul(z, z), 1n))), ...point]),
  };
}

function squeezing(transcript: Transcript, see: (name: string, value: bigint) => bigint): Transcript {
  return { ...transcript, squeeze: (name) => see(name, transcript.squeeze(name)) };
}

/** A word too many or too few, and a word moved from one message to another: prover and transcript agree on the changed lengths. */
function lengthMoves(schedule: readonly Step[]): Move[] {
  const steps = schedule.flatMap((step) => (step.kind === "absorb" ? [step.name] : []));
  const resized = (changes: Readonly<Record<string, number>>): ProverHooks => ({
    transcript: (steps, seed) =>
      createTranscript(
        steps.map((step) =>
          step.kind === "absorb" && step.name in changes
            ? { ...step, parts: [{ name: "all", kind: "scalar", count: wordCount(step) + changes[step.name] }] }
            : step,
        ),
        seed,
      ),
    message: (name, words) => {
      const by = changes[name] ?? 0;
      return by > 0 ? [...words, ...new Array<bigint>(by).fill(0n)] : words.slice(0, words.length + by);
    },
  });
  return [
    ...steps.flatMap((step) =>
      ([1, -1] as const).map((by) => ({
        name: `message ${step}: ${by > 0 ? "one word more" : "one word less"}`,
        hooks: () => resized({ [step]: by }),
      })),
    ),
    ...steps.slice(1).map((step, i) => ({
      name: `a word of ${step} sent with ${steps[i]}`,
      hooks: () => resized({ [steps[i]]: 1, [step]: -1 }),
    })),
  ];
}

/**
 * Another context is not among them: a proof for it is an honest one. Nor is another hash, for which the prover has no bytes: tampering
 * changes those.
 */
function statementMoves(circuit: Circuit, statement: Statement): Move[] {
  return placedTensors(circuit)
    .filter(({ tensor }) => tensor.visibility === "public" || tensor.visibility === "committed")
    .map(({ tensor, side, offset }) => ({
      name: `statement with another ${side} ${tensor.name}`,
      hooks: () => ({
        statement: () => ({ ...statement, [side]: statement[side].map((byte, i) => (i === offset ? byte ^ 1 : byte)) }),
      }),
    }));
}

/** q(u) moved, and m(u) with it, so that the lookup constraint still meets the last zero-check claim. */
function compensatedEvaluation({ plan: { circuit, layout } }: ProvingKey): Move {
  return {
    name: "evaluation of q moved, paid by m",
    hooks: () => {
      const challenges = new Map<string, bigint>();
      const value = (name: string): bigint => challenges.get(name) as bigint;
      const constraint = (at: LookupEvaluations): bigint =>
        lookupConstraintAt(
          circuit,
          at,
          Array.from({ length: layout.logRows }, (_, k) => value(pointName(k))),
          value("alpha"),
          value("beta"),
        );
      return {
        transcript: (schedule, seed) =>
          squeezing(createTranscript(schedule, seed), (name, drawn) => {
            challenges.set(name, drawn);
            return drawn;
          }),
        ...inMessage("evaluations", (words) => {
          const [q, y, rem, m, h] = words;
          const table = hasCommittedValues(circuit) ? words[5] : 0n;
          const honest = { q, y, rem, m, h, table };
          const moved = { ...honest, q: add(q, 1n) };
          const slope = sub(constraint({ ...moved, m: add(m, 1n) }), constraint(moved));
          const paid = add(m, mul(sub(constraint(honest), constraint(moved)), inv(slope)));
          return [moved.q, y, rem, paid, ...words.slice(4)];
        }),
      };
    },
  };
}

/** A wrong quotient whose accumulator is paid by the claimed sum of all products. */
function compensatedSum({ plan: { circuit } }: ProvingKey, honest: Witness): Move {
  const row = circuit.constrainedStart;
  const witness = copyWitness(honest);
  witness.q[row] += 1;
  return {
    name: "quotient plus one, paid by the sum of products",
    witness,
    hooks: () => {
      let tau = 0n;
      return {
        transcript: (schedule, seed) =>
          squeezing(createTranscript(schedule, seed), (name, value) => {
            if (name === "tau") tau = value;
            return value;
          }),
        ...inMessage("helper", ([x, y, sum]) => [x, y, add(sum, mul(2n ** BigInt(circuit.shiftBits), pow(tau, row)))]),
      };
    },
  };
}

/** S1 and S2 moved against each other: the Laurent identity, which holds their sum, does not notice. */
function compensatedOpenings(): Move {
  return {
    name: "openings moved against each other",
    hooks: () => inMessage("openings", ([atZ, atInverse, ...rest]) => [add(atZ, 1n), sub(atInverse, 1n), ...rest]),
  };
}
