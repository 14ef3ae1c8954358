/** Names that come with a model, before they stand in Solidity: a line break in one must not end a comment. */
import { NameError } from "./errors.ts";

const MAX_COMMENT_LENGTH = 80;

/** Printable ASCII on one line. */
export function commentText(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, "?").slice(0, MAX_COMMENT_LENGTH);
}

/** "lenet5" becomes Lenet5Verifier. */
export function contractNameOf(model: string): string {
  const words = model.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const name = words.map((word) => word[0].toUpperCase() + word.slice(1)).join("");
  return /^[A-Za-z]/.test(name) ? `${name}Verifier` : `Model${name}Verifier`;
}

export function checkContractName(name: string): void {
  if (/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name)) return;
  throw new NameError("not a contract name", {
    expected: "letters, digits, _ and $, not starting with a digit",
    got: name,
    remedy: "give a Solidity identifier",
  });
}
