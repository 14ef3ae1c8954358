/** Who sees what: the visibility of every input and output, and of the weights, as `compile` was asked for. */
import type { Visibility, WeightVisibility } from "../core/circuit.ts";
import { CompileError } from "./errors.ts";

/** A choice for every tensor, or by name, public where absent. */
export type VisibilityChoice = Visibility | Readonly<Record<string, Visibility>>;

export interface VisibilityOptions {
  readonly inputVisibility?: VisibilityChoice;
  readonly outputVisibility?: VisibilityChoice;
  /** Whether anybody who has the weights can recompute their commitments (`fixed`, the default) or the commitments hide them. */
  readonly weights?: WeightVisibility;
}

/** A visibility for a tensor that is not there, or a combination that proves nothing. */
export class VisibilityError extends CompileError {
  override readonly name = "Compiler.VisibilityError";
}

export function visibilityOf(choice: VisibilityChoice | undefined, tensor: string): Visibility {
  if (choice === undefined || typeof choice === "string") return choice ?? "public";
  return choice[tensor] ?? "public";
}

/** Throws where a choice names no tensor, or where no output would be bound to anything: some output exists for every input. */
export function checkVisibility(
  { inputVisibility, outputVisibility }: VisibilityOptions,
  inputs: readonly string[],
  outputs: readonly string[],
): void {
  checkNames(inputVisibility, inputs, "input");
  checkNames(outputVisibility, outputs, "output");
  if (outputs.some((name) => visibilityOf(outputVisibility, name) !== "private")) return;
  throw new VisibilityError({
    reason: "with every output private a proof shows nothing: some output exists for every input",
    expected: "an output that is public, hashed or committed",
    got: `${outputs.join(", ")} private`,
    remedy: "make an output public, hashed or committed",
  });
}

function checkNames(choice: VisibilityChoice | undefined, names: readonly string[], side: string): void {
  if (choice === undefined || typeof choice === "string") return;
  const unknown = Object.keys(choice).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new VisibilityError({
    reason: `the model has no ${side} ${unknown}`,
    expected: names.join(", "),
    got: unknown,
    remedy: `name an ${side} of the model, or give one visibility for all`,
  });
}
