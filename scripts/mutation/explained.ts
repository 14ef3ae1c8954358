/** Mutants that no test can kill, because they change nothing a proof depends on, and why. Keys as in `mutantKey`. */
export const EXPLAINED: Readonly<Record<string, string>> = {
  'verifier/verify.ts | const [x, y] = kind === "helper" ? helper.column : columns.slice(2 * index, 2 * index + 2); | 2 to 3 at column 89':
    "only the first two words of the slice are read",
  'verifier/verify.ts | const [x, y] = kind === "helper" ? helper.column : columns.slice(2 * index, 2 * index + 2); | 2 to 3 at column 77':
    "only the first two words of the slice are read",
  "verifier/verify.ts | transcript.finish(); | statement removed at column 1":
    "the steps above take the whole schedule for every circuit; the call guards against editing them",
  "verifier/messages.ts | const first = sections.find((section) => section.step === name)?.word ?? 0; | 0 to 1 at column 74":
    "every step that is read has a section",
  'verifier/messages.ts | const count = step?.kind === "absorb" ? wordCount(step) : 0; | 0 to 1 at column 59':
    "every step that is read is in the schedule as an absorb step",
  "verifier/opening.ts | if (x === 0n && y === 0n) return G1.ZERO; | condition always false at column 4":
    "the curve library reads (0, 0) as infinity too",
  "verifier/opening.ts | if (x === 0n && y === 0n) return G1.ZERO; | === inverted at column 7":
    "(0, 0) is read as infinity by the curve library; what else becomes infinity is a point with y = 0, which is not on the curve, and commits to zero",
  "verifier/opening.ts | if (x === 0n && y === 0n) return G1.ZERO; | 0n to 1n at column 11":
    "(0, 0) is read as infinity by the curve library; what else becomes infinity is a point with y = 0, which is not on the curve, and commits to zero",
  "verifier/opening.ts | if (x === 0n && y === 0n) return G1.ZERO; | && to || at column 14":
    "(0, 0) is read as infinity by the curve library; what else becomes infinity is a point with x = 0, which is not on the curve, and commits to zero",
  "verifier/opening.ts | if (x === 0n && y === 0n) return G1.ZERO; | === inverted at column 19":
    "(0, 0) is read as infinity by the curve library; what else becomes infinity is a point with x = 0, which is not on the curve, and commits to zero",
  "verifier/opening.ts | if (x === 0n && y === 0n) return G1.ZERO; | 0n to 1n at column 23":
    "(0, 0) is read as infinity by the curve library; what else becomes infinity is a point with x = 0, which is not on the curve, and commits to zero",
  "verifier/opening.ts | return scalar === 0n || point.is0() ? G1.ZERO : point.multiplyUnsafe(scalar); | 0n to 1n at column 19":
    "the scalar is 1 with negligible probability; the library multiplies by 0 rightly",
  "verifier/opening.ts | return scalar === 0n || point.is0() ? G1.ZERO : point.multiplyUnsafe(scalar); | || to && at column 22":
    "a shortcut: the library multiplies by 0, and infinity, rightly",
  "core/claims.ts | for (let k = 1; k < logRows; k++) w.push(mul(w[k - 1], w[k - 1])); | < to <= at column 19":
    "one coordinate more than is read",
  "core/claims.ts | if (segment.constant !== 0) | condition always true at column 4": "adds zero",
  "core/lookup.ts | export const RANGE_TAG = 0; | 0 to 1 at column 26":
    "the placement carries it for readers; the formulas leave tag 0 out",
  "core/lookup.ts | const inside = breaks.filter(({ at }) => at < lo + size); | < to <= at column 45":
    "a break at the end is cancelled by the break that closes the table",
  "core/lookup.ts | return [...byPosition.values()].filter((item) => item.level !== 0 || item.slope !== 0).sort((a, b) => a.at - b.at); | - to + at column 108":
    "the order of the breaks does not change their sum",
  "core/lookup.ts | ].sort((a, b) => a.start - b.start); | - to + at column 26":
    "circuits list inputs and segments in the order of their rows already",
  "core/lookup.ts | if (tag !== current) breaks.push({ at: breaks.length === 0 ? 0 : start, level: tag - current, slope: 0 }); | condition always true at column 4":
    "adds a break of level 0",
  "core/packing.ts | for (let first = 0; first < tensor.count; first += perGroup) { | < to <= at column 27":
    "a group of no elements more, which is worth zero",
  "core/packing.ts | let bits = 0n; | 0n to 1n at column 12":
    "a bit above the group, which is set and subtracted again",
  "core/packing.ts | for (let k = 0; k < size; k++) bits = bits * digit + digit / 2n; | < to <= at column 19":
    "a bit above the group, which is set and subtracted again",
  "core/packing.ts | if (full > 0) { | condition always true at column 4": "an axis of no groups weighs nothing",
  "core/packing.ts | if (full > 0) { | > to >= at column 10": "an axis of no groups weighs nothing",
  "core/packing.ts | if (rest > 0) { | condition always true at column 4": "an axis of no digits weighs nothing",
  "core/packing.ts | if (rest > 0) { | > to >= at column 10": "an axis of no digits weighs nothing",
  "core/piecewise.ts | if (at <= 0) return { step: 1n, ramp: sub(identityAt(u), mod(BigInt(at))) }; | <= to < at column 8":
    "a shortcut: the walk over the bits of 0 gives the same",
  "core/weights.ts | for (let k = 1; k < point.length; k++) squares.push(mul(squares[k - 1], squares[k - 1])); | < to <= at column 19":
    "one square more than is read",
  "core/weights.ts | if (first === 0) return eqSum(point, x, n); | condition always false at column 4":
    "a shortcut: the difference with a sum of no terms is the same",
  "core/weights.ts | for (let o = 0, value = 1n; o < axis.outN; o++, value = mul(value, ratio)) rows.push(value); | < to <= at column 31":
    "one row more than is read",
  "core/weights.ts | for (let i = 1; i < axis.inputN; i++) powers.push(mul(powers[i - 1], x)); | < to <= at column 19":
    "one power more than is read",
  'core/claims.ts | return [placed("fixed", fixedCell(circuit, fixedBase ?? 0), 1n, 0, [axis])]; | 0 to 1 at column 57':
    "a table without memory has a fixed base there",
  "core/packing.ts | const size = Math.min(perGroup, tensor.count - first); | - to + at column 46":
    "the bytes of a partial group end where the tensor ends, and sign bits above them are set and subtracted again",
  'core/statement.ts | return tensor.visibility === "hashed" ? own : own.subarray(0, 0); | 0 to 1 at column 60':
    "no bytes either way",
  "core/stack.ts | if (known?.logRows === logRows && known.fixedColumnLength === fixedColumnLength) return known.stacks; | condition always false at column 4":
    "a shortcut: what was found before is found again",
  "core/stack.ts | found.set(segments, { logRows, fixedColumnLength, stacks }); | statement removed at column 1":
    "a shortcut: what was found before is found again",
  "core/stack.ts | let best: Run = { members: [first], steps: places.map(() => 0) }; | 0 to 1 at column 61":
    "the steps of a run of one are not read",
  "core/stack.ts | members.length === 1 ? terms[members[0]] : repeated(terms[members[0]], members.length, steps[0], steps[1]), | 1 to 0 at column 20":
    "a run of one becomes a term with one more axis of one element, which weighs the same",
  "core/claims.ts | preimages: Uint8Array = new Uint8Array(0), | 0 to 1 at column 40":
    "the verifier gives the preimages of every proof; the default is for circuits that hash nothing",
  "core/proof.ts | export function encodeProof(words: readonly bigint[], preimages: Uint8Array = new Uint8Array(0)): Uint8Array { | 0 to 1 at column 94":
    "only the prover encodes proofs, and it gives the preimages of each",
};
