/** Counts of the soundness suites, and whether the long form was asked for. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The long form attacks every target; the short one a fixed sample that fits in a continuous build. */
export const LONG = process.env["GAVEL_SOUNDNESS_LONG"] === "1";
/** One proof for each move of each cell, which takes hours. */
export const EVERY_CELL = process.env["GAVEL_SOUNDNESS_EVERY_CELL"] === "1";

/** Printed, and kept for the report where one was asked for. */
export function report(counter: "tamperCases" | "perturbations" | "fuzzProofs", suite: string, count: number): void {
  process.stdout.write(`${suite}: ${count} ${counter}\n`);
  const folder = process.env["GAVEL_SOUNDNESS_REPORT"];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${counter}-${suite.replaceAll(/\W+/g, "-")}.json`), JSON.stringify({ counter, count }));
}
