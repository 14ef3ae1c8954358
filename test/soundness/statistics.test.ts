/**
 * Proofs of two witnesses with equal public data cannot be told apart, word by word.
 *
 * With the challenges of a transcript every word looks random whatever is hidden, so the masks are tested for fixed challenges: each
 * word has a kind of mask that makes it uniform while all others stand still, and does not look so when that kind is left out. What
 * words tell jointly is the subject of the rank test.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Circuit } from "../../core/circuit.ts";
import { fromBytes, Q, R } from "../../core/field.ts";
import { BLOCKS, LOOKUP_MASK_ROWS, layoutOf, operandMaskRow, productMaskRow, sumMaskRow } from "../../core/layout.ts";
import { proofSections } from "../../core/proof.ts";
import { partWords } from "../../core/schedule.ts";
import { CHALLENGE_MASK } from "../../core/transcript.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import type { Masks } from "../../prover/masks.ts";
import type { ProverHooks } from "../../prover/messages.ts";
import { prove } from "../../prover/prove.ts";
import type { ProvingKey } from "../../prover/setup.ts";
import { computeWitness } from "../../prover/witness.ts";
import { tinyCircuit } from "../support/circuits.ts";
import { testKey } from "../support/proofs.ts";
import { BINS, betweenSamples, binsOf, CRITICAL, fromUniform } from "./support/chi-square.ts";
import { context, outcome } from "./support/proven.ts";
import { LONG } from "./support/report.ts";
import { sectionName, wordsOf } from "./support/tampers.ts";

const SEED = 577;
/** Proofs per witness and experiment. */
const COUNT = LONG ? 64 : 32;

/** The tiny circuit with a private input: the statement shows its output only. */
const circuit: Circuit = (() => {
  const tiny = tinyCircuit();
  return { ...tiny, inputs: tiny.inputs.map((tensor) => ({ ...tensor, visibility: "private" })) };
})();
const layout = layoutOf(circuit);
/** Inputs with one output. */
const INPUTS = [[[0, 20, 0]], [[2, 18, 0]]];

const element = (...seed: (string | number)[]): bigint =>
  fromBytes(keccak_256(new TextEncoder().encode(seed.join("/")))) % R;

type Kind = "lookup rows" | "zero-check rounds" | "product rounds" | "sum" | "operand";
const KINDS: readonly Kind[] = ["lookup rows", "zero-check rounds", "product rounds", "sum", "operand"];

/** Seeds of the masks; a kind without one is left out. */
type Seeds = Partial<Record<Kind, string>>;

function kindOf(block: (typeof BLOCKS)[number], row: number): Kind | undefined {
  if (row < LOOKUP_MASK_ROWS) return "lookup rows";
  if (block === "y") return row === operandMaskRow(0) ? "operand" : undefined;
  if (block !== "q") return undefined;
  if (row < productMaskRow(layout.logRows, 0, 1)) return "zero-check rounds";
  if (row < sumMaskRow(layout)) return "product rounds";
  return row === sumMaskRow(layout) ? "sum" : undefined;
}

function masksOf(seeds: Seeds): Masks {
  const cells = BLOCKS.map((block) => {
    const column = Array.from({ length: circuit.maskRows }, (_, row) => {
      const kind = kindOf(block, row);
      const seed = kind && seeds[kind];
      return seed === undefined ? 0n : element(seed, block, row);
    });
    return [block, column] as const;
  });
  return Object.fromEntries(cells) as unknown as Masks;
}

/** The words that each kind of mask hides from somebody who knows all others. */
const HIDES: Record<Kind, (section: string) => boolean> = {
  "lookup rows": (name) =>
    /^(witness|laurent|openings|batch)\/|^helper\/column|^evaluations\/(q|y|rem|m|h)$|^tail\/opening/.test(name),
  "zero-check rounds": (name) => /^round \d+\/zero-check/.test(name),
  "product rounds": (name) => /^round \d+\/product/.test(name),
  sum: (name) => name === "helper/sum",
  operand: (name) => name === "evaluations/operands",
};
/** Masks that reach the words of a kind as well, and stand still when it is left out. */
const STILL: Record<Kind, readonly Kind[]> = {
  "lookup rows": KINDS,
  "zero-check rounds": KINDS,
  "product rounds": KINDS,
  sum: [],
  operand: KINDS,
};

const WORDS = proofSections(circuit).flatMap((section) =>
  Array.from({ length: partWords(section.part) }, (_, k) => ({
    name: sectionName(section),
    label: `${sectionName(section)}[${k}]`,
    at: section.word + k,
    bound: section.part.kind === "point" ? Q : R,
  })),
);

let engine: Engine;
let key: ProvingKey;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
  key = testKey(engine, circuit);
});
afterAll(() => engine.close());

const fixedChallenges: ProverHooks = {
  transcript: () => ({
    absorb: () => {},
    squeeze: (name) => element(SEED, "challenge", name) & CHALLENGE_MASK,
    finish: () => {},
  }),
};

/** Words of COUNT proofs of each witness; `seeds` gives those of the masks by the name of the proof. */
function sample(seeds: (proof: string) => Seeds, hooks?: ProverHooks): bigint[][][] {
  return INPUTS.map((input, w) => {
    const made = new Map<string, bigint[]>();
    return Array.from({ length: COUNT }, (_, n) => {
      const chosen = seeds(`${SEED}/${w}/${n}`);
      const name = JSON.stringify(chosen);
      const words =
        made.get(name) ??
        wordsOf(prove(key, input, context, { masks: masksOf(chosen), ...(hooks && { hooks }) }).proof);
      made.set(name, words);
      return words;
    });
  });
}

/** Words of which some statistic says that they are not uniform, or not the same for both witnesses. */
function distinguished([a, b]: bigint[][][], words = WORDS): string[] {
  return words.flatMap(({ label, at, bound }) => {
    const bins = (proofs: bigint[][], feature: number) => proofs.map((proof) => binsOf(proof[at], bound)[feature]);
    const statistics = [0, 1].flatMap((feature) => [
      fromUniform(bins(a, feature)),
      fromUniform(bins(b, feature)),
      betweenSamples(bins(a, feature), bins(b, feature)),
    ]);
    return statistics.some((value) => value > CRITICAL) ? [label] : [];
  });
}

const held = `${SEED}/held`;
const all = (seed: string): Record<Kind, string> =>
  Object.fromEntries(KINDS.map((kind) => [kind, seed])) as Record<Kind, string>;

test("the witnesses differ, their public data does not, and both are proven", () => {
  const [first, second] = INPUTS.map((input) => computeWitness(key.plan, input));
  for (const block of BLOCKS) expect(first[block]).not.toEqual(second[block]);
  const proofs = INPUTS.map((input) => prove(key, input, context, { masks: masksOf(all(held)) }));
  expect([proofs[0].input, proofs[0].output]).toEqual([proofs[1].input, proofs[1].output]);
  for (const { proof, ...statement } of proofs) {
    expect(outcome({ key: key.verifyingKey, statement, proof })).toBe("accepted");
  }
});

test(`whole proofs, ${COUNT} of each witness, seed ${SEED}`, () => {
  expect(distinguished(sample(all))).toEqual([]);
});

test("every word is hidden by one kind of mask, but for the inverse of what z fixes", () => {
  const open = WORDS.filter(({ name }) => KINDS.filter((kind) => HIDES[kind](name)).length !== 1);
  expect(open.map(({ label }) => label)).toEqual(["tail/inverse[0]"]);
});

describe.each(KINDS)("masks of kind: %s", (kind) => {
  const hidden = WORDS.filter(({ name }) => HIDES[kind](name));

  test("hide their words while all others stand still", () => {
    const moving = (proof: string) => ({ ...all(held), [kind]: proof });
    expect(distinguished(sample(moving, fixedChallenges), hidden)).toEqual([]);
  });

  test("are missed when they are left out", () => {
    const without = (proof: string): Seeds =>
      Object.fromEntries(
        KINDS.filter((item) => item !== kind).map((item) => [item, STILL[kind].includes(item) ? held : proof]),
      );
    expect(distinguished(sample(without, fixedChallenges), hidden)).toEqual(hidden.map(({ label }) => label));
  });
});

test("the statistics are those of the textbook", () => {
  const even = Array.from({ length: 4 * BINS }, (_, i) => i % BINS);
  const constant = even.map(() => 3);
  expect(fromUniform(even)).toBe(0);
  expect(fromUniform(constant)).toBe(even.length * (BINS - 1));
  expect(betweenSamples(even, even)).toBe(0);
  expect(
    betweenSamples(
      constant,
      constant.map(() => 4),
    ),
  ).toBe(2 * even.length);
});
