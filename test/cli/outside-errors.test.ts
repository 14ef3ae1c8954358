import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createPublicClient, custom, http } from "viem";
import { expect, test } from "vitest";
import { ExitCode, exitCodeOf } from "../../cli/exit-codes.ts";
import { explainOutsideError } from "../../cli/outside-errors.ts";
import { GavelError } from "../../core/errors.ts";

const explain = async (work: Promise<unknown>) => explainOutsideError(await work.catch((error: unknown) => error));

test("a path that does not exist is bad input, with the path named", async () => {
  const error = await explain(readFile("/no/such/file"));
  expect(error).toMatchObject({ name: "Cli.FileError", message: expect.stringContaining("/no/such/file") });
  expect(exitCodeOf(error)).toBe(ExitCode.badInput);
});

test.runIf(existsSync("/dev/full"))("a full disk, whose error names no path, is worth another try", async () => {
  const error = await explain(writeFile("/dev/full", "text"));
  expect(error).toMatchObject({ name: "Cli.FileError", got: expect.stringContaining("ENOSPC"), retryable: true });
  expect(exitCodeOf(error)).toBe(ExitCode.retryable);
});

test("an endpoint that does not answer may answer later", async () => {
  // Port 1 is reserved: nothing listens there.
  const client = createPublicClient({ transport: http("http://127.0.0.1:1", { retryCount: 0 }) });
  const error = await explain(client.getChainId());
  expect(error).toMatchObject({ name: "Cli.ChainError", retryable: true });
  expect(exitCodeOf(error)).toBe(ExitCode.retryable);
});

test.each([
  [-32000, "insufficient funds", false],
  [-32603, "VM Exception while processing transaction: reverted", false],
  [-32603, "internal error", true],
  [-32005, "limit exceeded", true],
  [-32002, "resource not available", true],
])("what the chain answers with code %i, %s, is worth another try: %s", async (code, message, retryable) => {
  const request = async () => {
    throw Object.assign(new Error(message), { code });
  };
  const error = await explain(createPublicClient({ transport: custom({ request }, { retryCount: 0 }) }).getChainId());
  expect(error).toMatchObject({ name: "Cli.ChainError", retryable });
  expect(exitCodeOf(error)).toBe(retryable ? ExitCode.retryable : ExitCode.badInput);
});

test.each([new TypeError("a fault"), new GavelError("no"), "text"])("%s passes unchanged", (thrown) => {
  expect(explainOutsideError(thrown)).toBe(thrown);
});
