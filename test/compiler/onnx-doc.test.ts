import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { operatorNames } from "../../compiler/ops/registry.ts";

test("docs/onnx.md lists the operators the compiler has", () => {
  const page = readFileSync(new URL("../../docs/onnx.md", import.meta.url), "utf8");
  const listed = [...page.matchAll(/^\| ([A-Z]\w+) \|/gm)].map((match) => match[1]);
  expect(listed).toEqual([...operatorNames()].sort());
});
