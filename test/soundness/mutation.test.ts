/** Removing or forcing a check of the verifier is noticed: a fixed sample of `scripts/mutate-verifier.ts`, and the form of its explanations. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { mutateVerifier } from "../../scripts/mutate-verifier.ts";
import { EXPLAINED } from "../../scripts/mutation/explained.ts";
import { mutantKey, mutantsOf } from "../../scripts/mutation/mutants.ts";
import { root } from "../support/source-tree.ts";
import { LONG } from "./support/report.ts";

const SAMPLE = 12;
/** Mutants hang now and then until their own time is over. */
const TIMEOUT_MS = 900_000;

test.skipIf(LONG)(
  `${SAMPLE} mutants are killed or explained`,
  async () => {
    const { mutants, survivors } = await mutateVerifier({ sample: SAMPLE });
    expect(mutants).toBe(SAMPLE);
    expect(survivors.filter(({ why }) => why === "")).toEqual([]);
  },
  TIMEOUT_MS,
);

test("every explanation is of a mutant that exists", () => {
  const files = [...new Set(Object.keys(EXPLAINED).map((key) => key.split(" | ")[0]))];
  const keys = files.flatMap((file) => mutantsOf(file, readFileSync(`${root}${file}`, "utf8")).map(mutantKey));
  expect(Object.keys(EXPLAINED).filter((key) => !keys.includes(key))).toEqual([]);
});
