/** Everything that the TypeScript verifier computes goes into a check: read from its source, with the compiler's types. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { proofSections } from "../../core/proof.ts";
import { roundName } from "../../core/schedule.ts";
import { readText } from "../support/source-tree.ts";
import { deadValues, droppedResults, unreadFields, unreadParts } from "./support/dropped-values.ts";
import { FIXTURES } from "./support/proven.ts";
import { openTyped, type TypedProject, type TypedSource } from "./support/typed-source.ts";

const ENTRY = "verifier/verify.ts";
/** Interfaces of these files hold results; those of the circuit hold what a model is. */
const RESULTS = /^verifier\/|^core\/(claims|lookup|opening|weights)\./;
/** For readers of claims. */
const NOT_CHECKED = ["Claim.name"];

/** Parts of every step by the words with which the verifier asks for it. */
const PARTS = new Map<string, string[]>();
for (const { circuit } of FIXTURES) {
  for (const { step, part } of proofSections(circuit)) {
    const asked = step.startsWith(roundName(0).slice(0, -1)) ? "roundName(variable)" : step;
    PARTS.set(asked, [...new Set([...(PARTS.get(asked) ?? []), part.name])]);
  }
}

const dropped = (source: TypedSource): string[] => [
  ...droppedResults(source),
  ...deadValues(source),
  ...unreadFields(source, RESULTS).filter((field) => !NOT_CHECKED.includes(field)),
  ...unreadParts(source, PARTS),
];

let project: TypedProject;
beforeAll(() => {
  project = openTyped(ENTRY);
});
afterAll(() => project.close());

test("the verifier drops nothing", () => {
  project.read((source) => {
    expect(source.files.length).toBeGreaterThan(15);
    expect(dropped(source)).toEqual([]);
  });
});

describe("a verifier that drops a value is found out", () => {
  const cases: [what: string, path: string, from: string, to: string, found: string][] = [
    [
      "the claim of a round",
      "verifier/sumcheck.ts",
      "zeroCheckClaim = zeroCheckRound(",
      "zeroCheckRound(",
      "verifier/sumcheck.ts: zeroCheckRound(zeroCheckClaim",
    ],
    [
      "the last claim of a sumcheck",
      ENTRY,
      "zeroCheckClaim: sums.zeroCheckClaim",
      "zeroCheckClaim: 0n",
      "SumcheckResult.zeroCheckClaim",
    ],
    ["an evaluation", ENTRY, 'rem: single("rem")', 'rem: single("q")', "evaluations: rem"],
    ["an opened value", "verifier/opening.ts", "openings.atInverse[0]", "openings.atZ[0]", "openings: atInverse"],
    ["a message of a round", "verifier/sumcheck.ts", "message.product", "[0n, 0n]", "roundName(variable): product"],
    ["a point of the tail", "verifier/opening.ts", "pointOf(tail.opening)", "quotient", "tail: opening"],
    ["a message of a claim", "core/claims.ts", "value: messages.h,", "value: 0n,", "Messages.h"],
    ["a challenge", "verifier/opening.ts", "const delta = transcript", "transcript", 'transcript.squeeze("delta")'],
    [
      "a commitment",
      "verifier/opening.ts",
      "quotient.subtract(times(batch, mul(fromZ, fromInverse))).add",
      "quotient.add",
      "batch = pointOf",
    ],
    ["a bound that only an error shows", "core/proof.ts", "if (words[i] >= bound) {", "if (i < 0) {", "bound = "],
    [
      "a verdict returned where it was thrown",
      "verifier/opening.ts",
      "key: VerifyingKey): void {\n  const [xc1",
      "key: VerifyingKey): boolean {\n  const [xc1",
      "verifier/opening.ts: checkPairing(combined, opening, key);",
    ],
  ];
  test.each(cases)("%s", (_what, path, from, to, found) => {
    const text = readText(path);
    expect(text.split(from).length, `${path} has one place to alter`).toBe(2);
    project.read((source) => expect(dropped(source).filter((item) => item.includes(found))).not.toEqual([]), {
      path,
      text: text.replace(from, to),
    });
  });
});
