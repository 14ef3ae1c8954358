import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { expandSets } from "../../cli/bench/models.ts";
import { brokenTable, FiguresError, type FiguresRow, figuresTable, withFigures } from "../../scripts/readme-figures.ts";

const README = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");

const ROW: FiguresRow = {
  model: "",
  batch: 1,
  zk: true,
  threads: 2,
  params: 1_234_567,
  macs: 12,
  accuracy: null,
  proveMs: 456,
  peakRssMb: 1024,
  proofBytes: 2336,
  gasUsed: 298_149,
  verifierBytes: 9971,
};
const ROWS = expandSets(["families", "scale"]).map((model) => ({ ...ROW, model }));
const PAGE = ["before", "| model | weights |", "|---|---:|", "| old | 1 |", "", "after"].join("\n");

test("the table of README.md has every model of the sets, in the form that the script writes", () => {
  expect(brokenTable(README)).toEqual([]);
});

describe("the table of a benchmark", () => {
  test("takes the place of the one before", () => {
    const page = withFigures(PAGE, ROWS);
    expect(page.split("\n").slice(0, 1)).toEqual(["before"]);
    expect(page.split("\n").slice(-2)).toEqual(["", "after"]);
    expect(page).not.toContain("| old");
    expect(brokenTable(page)).toEqual([]);
    expect(withFigures(page, ROWS)).toBe(page);
  });

  test.each([
    [{ proveMs: 456 }, "0.46 s"],
    [{ proveMs: 9994 }, "9.99 s"],
    [{ proveMs: 9996 }, "10.0 s"],
    [{ accuracy: { metric: "argmax", float: 0.975, integer: 0.97222, samples: 360 } }, "| 97.50 → 97.22 % |"],
    [{ accuracy: { metric: "r2", float: 0.359331, integer: -0.1, samples: 110 } }, "| R2 0.3593 → -0.1000 |"],
    [{ accuracy: null }, "| 12 | | 0.46 s |"],
  ] as const)("%o is written %s", (figures, text) => {
    const rows = ROWS.map((row) => ({ ...row, ...figures }));
    const table = figuresTable(rows);
    expect(table.slice(2).every((line) => line.includes(text))).toBe(true);
    expect(brokenTable(table.join("\n"))).toEqual([]);
  });

  test("rows with other threads, batches, or without zero knowledge are left out", () => {
    const others = ROWS.flatMap((row) => [
      { ...row, threads: 1, params: 7 },
      { ...row, zk: false, params: 7 },
      { ...row, batch: 4, params: 7 },
    ]);
    expect(figuresTable([...others, ...ROWS])).toEqual(figuresTable(ROWS));
    expect(() => figuresTable(others)).toThrow(FiguresError);
  });
});

describe("a table that was edited by hand is found out", () => {
  const good = withFigures(PAGE, ROWS);
  test.each([
    ["a model left out", (page: string) => page.replace(/\| lenet5 .*\n/, "")],
    ["two models swapped", (page: string) => page.replace(/(\| lenet5 .*\n)(.*\n)/, "$2$1")],
    ["another title", (page: string) => page.replace("multiply-adds", "MACs")],
    ["another unit", (page: string) => page.replace("0.46 s", "456 ms")],
    ["a number without commas", (page: string) => page.replace("298,149", "298149")],
    ["a cell left out", (page: string) => page.replace("| 298,149 ", "")],
    ["an accuracy without the integer one", (page: string) => page.replace("| 12 | |", "| 12 | 97.22 % |")],
  ])("%s", (_name, edit) => {
    expect(edit(good)).not.toBe(good);
    expect(brokenTable(edit(good))).not.toEqual([]);
  });

  test("a page without the table is refused", () => {
    expect(() => brokenTable("# Gavel\n")).toThrow(FiguresError);
  });
});
