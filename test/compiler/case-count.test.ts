/** How many cases agree with onnxruntime, and that every operator has one. The number only rises: the snapshot rises with it. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { REPLACED_NODES } from "../../compiler/2-check/replaced/registry.ts";
import { operatorNames } from "../../compiler/ops/registry.ts";
import { CASES } from "./support/cases/all.ts";
import { ARG_MAX_CASES } from "./support/cases/arg-max.ts";
import { MAP_CASES } from "./support/cases/maps.ts";

const all = [...CASES, ...ARG_MAX_CASES];
const counted = JSON.parse(readFileSync(new URL("../../snapshots/operator-cases.json", import.meta.url), "utf8")) as {
  readonly cases: number;
  readonly operators: number;
};

test(`${all.length} cases of ${operatorNames().length} operators`, () => {
  expect({ cases: all.length, operators: operatorNames().length }).toEqual(counted);
});

test("every operator has a case", () => {
  const nodes = [...all, ...MAP_CASES].flatMap(({ model }) => [
    ...model.nodes,
    ...(model.functions ?? []).flatMap((item) => item.nodes),
  ]);
  const used = new Set(nodes.map(({ op }) => op));
  const known = [...operatorNames(), ...REPLACED_NODES.map(({ op }) => op)];
  expect(known.filter((name) => !used.has(name))).toEqual([]);
});

test("every case has a name of its own", () => {
  const names = all.map(({ name }) => name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
