/** Inputs whose integers are given rather than chosen: those of another model's output, so that one proof's output feeds another's input. */
import type { ModelValue } from "./2-check/check.ts";
import { CompileError } from "./errors.ts";
import { sizeOf } from "./tensor.ts";

/** Integers lo..hi of real value scale · integer. */
export interface GivenIntegers {
  readonly scale: number;
  readonly lo: number;
  readonly hi: number;
}

export interface GivenInput extends GivenIntegers {
  /** Name of the input; the model's only one when absent. */
  readonly input?: string;
  /** Elements of the tensor, all inferences of a batch together. */
  readonly count: number;
}

/** Integers for an input that is not there, or of another size, or none that an input can take. */
export class GivenInputError extends CompileError {
  override readonly name = "Compiler.GivenInputError";
}

/** By name of the input. */
export function givenIntegers(
  given: readonly GivenInput[],
  inputs: readonly ModelValue[],
  batch: number,
): Map<string, GivenIntegers> {
  const found = new Map<string, GivenIntegers>();
  for (const { input, count, scale, lo, hi } of given) {
    const value = input === undefined && inputs.length === 1 ? inputs[0] : inputs.find(({ name }) => name === input);
    if (value === undefined || found.has(value.name)) {
      throw new GivenInputError({
        reason: value === undefined ? "no such input takes given integers" : "an input takes given integers twice",
        expected: `one of ${inputs.map(({ name }) => name).join(", ")}, each once`,
        got: input ?? "no name",
        remedy: "name the input; a name can be left out only where the model has one",
      });
    }
    const size = batch * sizeOf(value.type.shape);
    if (size !== count) {
      throw new GivenInputError({
        reason: `the given integers do not fill input ${value.name}`,
        expected: `${size} elements`,
        got: `${count}`,
        remedy: "take the output that has the input's shape, and the same --batch",
      });
    }
    if (!(scale > 0 && Number.isSafeInteger(lo) && Number.isSafeInteger(hi) && lo <= 0 && hi >= 0 && lo < hi)) {
      throw new GivenInputError({
        reason: `input ${value.name} cannot take the given integers`,
        expected: "a positive scale, and integers lo..hi around 0",
        got: `scale ${scale}, ${lo}..${hi}`,
        remedy: "take the output of an artifact",
      });
    }
    found.set(value.name, { scale, lo, hi });
  }
  return found;
}
