/**
 * What a verifying key must satisfy before it becomes a contract: its points are on their curves and none is a degenerate one that
 * would make a check vacuous (infinity, [tau]_2 = [1]_2).
 */
import { type KeyDefect, keyDefect } from "../core/key-defect.ts";
import type { VerifyingKey } from "../core/verifying-key.ts";
import { KeyError } from "./errors.ts";

export function checkKey(key: VerifyingKey): void {
  const defect = keyDefect(key) ?? infinity(key);
  if (defect === undefined) return;
  const { message, expected, got } = defect;
  throw new KeyError(message, { expected, got, remedy: "run setup again with a checked SRS" });
}

function infinity({ fixedCommitments }: VerifyingKey): KeyDefect | undefined {
  const index = fixedCommitments.findIndex(({ x, y }) => x === 0n && y === 0n);
  if (index < 0) return undefined;
  return {
    message: `commitment ${index} is infinity`,
    expected: "a column that is not zero throughout",
    got: "(0, 0)",
  };
}
