import { describe, expect, test } from "vitest";
import { createOutput, toJson } from "../../cli/output.ts";
import { GavelError } from "../../core/errors.ts";
import { captureStreams } from "../support/streams.ts";

const failure = new GavelError("The file is not a proof.", {
  expected: "4 sections",
  got: "3",
  remedy: "Prove again.",
});

describe("for people", () => {
  test("progress goes to stderr and the answer to stdout", () => {
    const streams = captureStreams();
    const output = createOutput(() => false, streams);
    output.progress("reading");
    output.result("42", { answer: 42 });
    expect(streams.text()).toEqual({ stdout: "42\n", stderr: "reading\n" });
  });

  test("an error is told on stderr only, with its name and remedy", () => {
    const streams = captureStreams();
    createOutput(() => false, streams).error(failure);
    expect(streams.text().stdout).toBe("");
    expect(streams.text().stderr).toContain("GavelError");
    expect(streams.text().stderr).toContain("Prove again.");
  });
});

describe("as JSON", () => {
  test("stdout carries one line with the answer", () => {
    const streams = captureStreams();
    createOutput(() => true, streams).result("42", { answer: 42n });
    expect(streams.text().stdout).toBe('{"answer":"42"}\n');
  });

  test("stdout carries one line with the error", () => {
    const streams = captureStreams();
    createOutput(() => true, streams).error(failure);
    const lines = streams.text().stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      error: { name: "GavelError", expected: "4 sections", got: "3", remedy: "Prove again.", retryable: false },
    });
  });

  test("bytes are hex and bigints are decimal, at any depth", () => {
    expect(toJson({ a: [new Uint8Array([0, 255]), { b: 2n ** 64n }] })).toBe(
      '{"a":["0x00ff",{"b":"18446744073709551616"}]}',
    );
  });
});
