/**
 * Every way in which the suite alters a proof, a statement or a verifying key. Both verifiers must reject each.
 *
 * Cases are derived from `proofSections`, so that a new section is altered without anybody remembering to; `WAYS` is what the
 * manifest demands of each section.
 */

import type { Visibility } from "../../../core/circuit.ts";
import { Q, R, toWord } from "../../../core/field.ts";
import { encodeProof, proofPreimages, proofSections, type Section } from "../../../core/proof.ts";
import { partWords } from "../../../core/schedule.ts";
import type { Statement } from "../../../core/statement.ts";
import { createVerifyingKey, type TauG2, type VerifyingKey } from "../../../core/verifying-key.ts";

export interface Tamper {
  /** What is altered: `sectionName` of a section, a part of the statement, a field of the key, or "shape". */
  readonly target: string;
  readonly way: string;
  readonly key: VerifyingKey;
  readonly statement: Statement;
  readonly proof: Uint8Array;
}

export interface Proven {
  readonly key: VerifyingKey;
  readonly statement: Statement;
  readonly proof: Uint8Array;
}

export const sectionName = ({ step, part }: Section): string => `${step}/${part.name}`;

/** What must be done to every section, and to every point besides. */
export const WAYS = ["bit flipped", "plus one", "zeroed", "not canonical", "of another proof", "swapped"] as const;
export const POINT_WAYS = ["infinity", "off the curve", "negated"] as const;

export const nameOf = ({ target, way }: Tamper): string => `${target}: ${way}`;

export function wordsOf(proof: Uint8Array): bigint[] {
  return Array.from({ length: proof.length / 32 }, (_, i) =>
    proof.subarray(32 * i, 32 * i + 32).reduce((value, byte) => value * 256n + BigInt(byte), 0n),
  );
}

/**
 * `proof` with other words; what stands behind its last whole word stays. Words that may exceed 2^256 - 1 after an addition are taken
 * modulo 2^256, as calldata would.
 */
export const encode = (words: readonly bigint[], proof: Uint8Array): Uint8Array =>
  encodeProof(
    words.map((word) => word % 2n ** 256n),
    proof.subarray(32 * words.length),
  );

/** `other` is a valid proof under the same key of another statement. */
export function proofTampers(proven: Proven, other: Uint8Array): Tamper[] {
  const words = wordsOf(proven.proof);
  const foreign = wordsOf(other);
  const sections = proofSections(proven.key.circuit);
  return sections.flatMap((section, index) => {
    const target = sectionName(section);
    const { word: first, part } = section;
    const count = partWords(part);
    const make = (way: string, change: (word: bigint, i: number) => bigint): Tamper => ({
      ...proven,
      target,
      way,
      proof: encode(
        words.map((word, i) => (i >= first && i < first + count ? change(word, i) : word)),
        proven.proof,
      ),
    });
    const bound = part.kind === "point" ? Q : R;
    const perWord = Array.from({ length: count }, (_, k) => first + k).flatMap((position) => {
      const only = (change: (word: bigint) => bigint) => (word: bigint, i: number) =>
        i === position ? change(word) : word;
      const at = count === 1 ? "" : `, word ${position - first}`;
      return [
        make(
          `bit flipped${at}`,
          only((word) => word ^ 1n),
        ),
        make(
          `plus one${at}`,
          only((word) => (word + 1n) % bound),
        ),
        make(
          `not canonical${at}`,
          only((word) => word + bound),
        ),
        make(
          `not canonical, the least${at}`,
          only(() => bound),
        ),
      ];
    });
    const whole = [make("zeroed", () => 0n), make("of another proof", (_, i) => foreign[i])];
    return [...perWord, ...whole, swapped(index), ...(part.kind === "point" ? points(make, section) : [])];
  });

  /** Exchanged with the next section of the same length, around the end; a section of a length of its own is reversed. */
  function swapped(index: number): Tamper {
    const section = sections[index];
    const count = partWords(section.part);
    const rest = [...sections.slice(index + 1), ...sections.slice(0, index)];
    const partner = rest.find(({ part }) => partWords(part) === count && part.kind === section.part.kind);
    const moved = words.slice();
    for (let k = 0; k < count; k++) {
      moved[section.word + k] = words[partner === undefined ? section.word + count - 1 - k : partner.word + k];
      if (partner !== undefined) moved[partner.word + k] = words[section.word + k];
    }
    return { ...proven, target: sectionName(section), way: "swapped", proof: encode(moved, proven.proof) };
  }
}

function points(
  make: (way: string, change: (word: bigint, i: number) => bigint) => Tamper,
  section: Section,
): Tamper[] {
  return Array.from({ length: section.part.count }, (_, p) => section.word + 2 * p).flatMap((x) => {
    const at = section.part.count === 1 ? "" : `, point ${(x - section.word) / 2}`;
    const y = x + 1;
    return [
      make(`infinity${at}`, (word, i) => (i === x || i === y ? 0n : word)),
      make(`off the curve${at}`, (word, i) => (i === x ? 5n : i === y ? 7n : word)),
      make(`negated${at}`, (word, i) => (i === y ? Q - word : word)),
      make(`off the curve, x is r${at}`, (word, i) => (i === x ? R : word)),
      make(`x is 2^256 - 1${at}`, (word, i) => (i === x ? 2n ** 256n - 1n : word)),
    ];
  });
}

export function shapeTampers(proven: Proven): Tamper[] {
  const { proof } = proven;
  const shapes: [string, Uint8Array][] = [
    ["empty", new Uint8Array(0)],
    ["one byte short", proof.slice(0, -1)],
    ["one word short", proof.slice(0, -32)],
    ["first word missing", proof.slice(32)],
    ["one byte long", Uint8Array.from([...proof, 0])],
    ["one word long", Uint8Array.from([...proof, ...toWord(0n)])],
    ["twice", Uint8Array.from([...proof, ...proof])],
    ["all zero", new Uint8Array(proof.length)],
    ["all ones", new Uint8Array(proof.length).fill(255)],
  ];
  return shapes.map(([way, changed]) => ({ ...proven, target: "shape", way, proof: changed }));
}

/** Every byte of the public values changed, and every length. */
export function statementTampers(proven: Proven): Tamper[] {
  return (["input", "output", "context"] as const).flatMap((target) => {
    const bytes = proven.statement[target];
    const make = (way: string, changed: Uint8Array): Tamper => ({
      ...proven,
      target,
      way,
      statement: { ...proven.statement, [target]: changed },
    });
    const flips = Array.from(bytes, (_, i) =>
      make(
        `byte ${i} flipped`,
        bytes.map((byte, k) => (k === i ? byte ^ 1 : byte)),
      ),
    );
    return [
      ...flips,
      make(
        "sign flipped",
        bytes.map((byte, k) => (k === 0 ? byte ^ 0x80 : byte)),
      ),
    ];
  });
}

/** Every packed byte behind the words of the proof changed. */
export function preimageTampers(proven: Proven): Tamper[] {
  const { proof, key } = proven;
  const first = proof.length - proofPreimages(key.circuit, proof).length;
  return Array.from({ length: proof.length - first }, (_, i) => ({
    ...proven,
    target: "preimages",
    way: `byte ${i} flipped`,
    proof: proof.map((byte, k) => (k === first + i ? byte ^ 1 : byte)),
  }));
}

/** Lengths of the statement: `context` is a bytes32 on chain and has none there. */
export function lengthTampers(proven: Proven): Tamper[] {
  return (["input", "output", "context"] as const).flatMap((target) => {
    const bytes = proven.statement[target];
    return [
      ["one byte short", bytes.slice(0, -1)] as const,
      ["one byte long", Uint8Array.from([...bytes, 0])] as const,
    ].map(([way, changed]) => ({
      ...proven,
      target,
      way,
      statement: { ...proven.statement, [target]: changed },
    }));
  });
}

export const KEY_FIELDS = ["fixedCommitments", "tauG2", "insecureSrs", "digest", "circuit"] as const;

/** Keys that differ in one field from the proof's. `otherTauG2` is the key of another SRS. */
export function keyTampers(proven: Proven, otherTauG2: TauG2): Tamper[] {
  const { circuit, fixedCommitments, tauG2, insecureSrs, digest } = proven.key;
  const rebuilt = (target: string, way: string, key: VerifyingKey): Tamper => ({ ...proven, target, way, key });
  const negated = fixedCommitments.map(({ x, y }, i) => (i === 0 ? { x, y: Q - y } : { x, y }));
  const generator = fixedCommitments.map((point, i) => (i === 0 ? { x: 1n, y: 2n } : point));
  const fields = [
    rebuilt("fixedCommitments", "negated", createVerifyingKey(circuit, negated, tauG2, insecureSrs)),
    rebuilt("fixedCommitments", "generator", createVerifyingKey(circuit, generator, tauG2, insecureSrs)),
    rebuilt("fixedCommitments", "negated, digest kept", { ...proven.key, fixedCommitments: negated }),
    rebuilt("tauG2", "another SRS", createVerifyingKey(circuit, fixedCommitments, otherTauG2, insecureSrs)),
    rebuilt("tauG2", "another SRS, digest kept", { ...proven.key, tauG2: otherTauG2 }),
    rebuilt("insecureSrs", "inverted", createVerifyingKey(circuit, fixedCommitments, tauG2, !insecureSrs)),
    rebuilt("digest", "bit flipped", { ...proven.key, digest: digest.map((byte, i) => (i === 31 ? byte ^ 1 : byte)) }),
  ];
  const visibilities: Visibility[] = ["public", "hashed", "committed", "private"];
  const otherVisibilities = (["inputs", "outputs"] as const).flatMap((side) =>
    circuit[side].flatMap((tensor, t) =>
      visibilities
        .filter((visibility) => visibility !== tensor.visibility)
        .map((visibility) => {
          const changed = { ...circuit, [side]: circuit[side].with(t, { ...tensor, visibility }) };
          return rebuilt(
            "circuit",
            `${side}.${t} ${visibility}`,
            createVerifyingKey(changed, fixedCommitments, tauG2, insecureSrs),
          );
        }),
    ),
  );
  const otherWeights = { ...circuit, weights: circuit.weights === "fixed" ? "private" : "fixed" } as const;
  const leaves = numberPaths({ ...circuit, fixed: undefined });
  const circuits = leaves.map((path) =>
    rebuilt(
      "circuit",
      `${path.join(".")} plus one`,
      createVerifyingKey(increment(circuit, path) as typeof circuit, fixedCommitments, tauG2, insecureSrs),
    ),
  );
  const weights = createVerifyingKey(otherWeights, fixedCommitments, tauG2, insecureSrs);
  return [...fields, ...circuits, ...otherVisibilities, rebuilt("circuit", "weights", weights)];
}

type Path = readonly (string | number)[];

/** Paths of all numbers in a value. */
function numberPaths(value: unknown, path: Path = []): Path[] {
  if (typeof value === "number") return [path];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, item]) => numberPaths(item, [...path, name]));
}

function increment(value: unknown, path: Path): unknown {
  if (path.length === 0) return (value as number) + 1;
  const [name, ...rest] = path;
  const copy = Array.isArray(value) ? value.slice() : { ...(value as object) };
  Object.assign(copy, { [name]: increment((value as Record<string, unknown>)[name], rest) });
  return copy;
}
