/**
 * Input tensors from JSON: a nested list for a model with one input, an object by tensor name otherwise, or a samples file
 * ({"inputs": [...]}) of which one sample is taken.
 */
import { readFile } from "node:fs/promises";
import type { Circuit } from "../core/circuit.ts";
import { GavelError } from "../core/errors.ts";

export class InputFileError extends GavelError {
  override readonly name = "InputFile.InputFileError";
}

export async function readInput(path: string, circuit: Pick<Circuit, "inputs">, sample = 0): Promise<number[][]> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new InputFileError(`cannot read the input ${path}`, {
      expected: "a JSON file",
      got: (cause as Error).message,
      cause,
    });
  }
  return inputTensors(samplesOf(json)?.[sample] ?? json, circuit);
}

/** The samples of a samples file, undefined for anything else. */
export function samplesOf(json: unknown): unknown[] | undefined {
  const inputs = (json as { inputs?: unknown } | null)?.inputs;
  return Array.isArray(inputs) ? inputs : undefined;
}

/** One flat list per input tensor of the circuit. */
export function inputTensors(value: unknown, circuit: Pick<Circuit, "inputs">): number[][] {
  if (Array.isArray(value) && circuit.inputs.length === 1) return [value.flat(Number.POSITIVE_INFINITY) as number[]];
  const byName = value as Record<string, unknown>;
  return circuit.inputs.map(({ name }) => {
    const tensor = byName?.[name];
    if (Array.isArray(tensor)) return tensor.flat(Number.POSITIVE_INFINITY) as number[];
    throw new InputFileError(`the input has no tensor ${name}`, {
      expected: `an object with ${circuit.inputs.map((input) => input.name).join(", ")}`,
      got: typeof value,
      remedy: "give a nested list, or an object by tensor name when the model has several inputs",
    });
  });
}
