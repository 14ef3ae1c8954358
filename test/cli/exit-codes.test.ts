import { CommanderError } from "commander";
import { expect, test } from "vitest";
import { ExitCode, exitCodeOf, ProofRejectedError } from "../../cli/exit-codes.ts";
import { GavelError } from "../../core/errors.ts";

test.each([
  ["bad input", new GavelError("no"), ExitCode.badInput],
  ["a busy resource", new GavelError("later", { retryable: true }), ExitCode.retryable],
  ["a rejected proof", new ProofRejectedError(new GavelError("sumcheck round 3")), ExitCode.proofRejected],
  ["a fault in the program", new TypeError("undefined is not a function"), ExitCode.internal],
  ["something thrown that is no error", "text", ExitCode.internal],
  ["an unknown option", new CommanderError(1, "commander.unknownOption", "unknown option"), ExitCode.badInput],
  ["help that was asked for", new CommanderError(0, "commander.helpDisplayed", ""), ExitCode.ok],
])("%s", (_what, error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

test("a rejection keeps its reason as the cause", () => {
  const reason = new GavelError("sumcheck round 3");
  expect(new ProofRejectedError(reason).cause).toBe(reason);
});
