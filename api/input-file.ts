/**
 * Input tensors from JSON: a nested list for a model with one input, an object by tensor name otherwise, or a samples file
 * ({"inputs": [...]}) of which one sample is taken. For a model compiled for a batch: a list of these, or as many samples of the
 * file as the batch holds, from the chosen one on.
 */
import { readFile } from "node:fs/promises";
import type { Circuit } from "../core/circuit.ts";
import { GavelError } from "../core/errors.ts";

export class InputFileError extends GavelError {
  override readonly name = "InputFile.InputFileError";
}

type ModelInputs = Pick<Circuit, "inputs" | "batch">;

/**
 * One flat list of numbers for each input of the circuit, in its order; `sample` counts from 0. Throws InputFileError for what is no JSON or
 * has no such sample or tensor; sizes and values are checked by `packInput`.
 */
export async function readInput(path: string, circuit: ModelInputs, sample = 0): Promise<number[][]> {
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
  const samples = samplesOf(json);
  if (samples !== undefined && sample >= samples.length) {
    throw new InputFileError(`${path} has no sample ${sample}`, {
      expected: `0 to ${samples.length - 1}`,
      got: String(sample),
    });
  }
  if (circuit.batch === undefined) return inputTensors(samples?.[sample] ?? json, circuit);
  return inputTensors(samples?.slice(sample, sample + circuit.batch) ?? json, circuit);
}

/** The samples of a samples file, undefined for anything else. */
export function samplesOf(json: unknown): unknown[] | undefined {
  const inputs = (json as { inputs?: unknown } | null)?.inputs;
  return Array.isArray(inputs) ? inputs : undefined;
}

/** One flat list per input tensor of the circuit; a list of inferences for a circuit that takes a batch. */
export function inputTensors(value: unknown, circuit: ModelInputs): number[][] {
  if (circuit.batch !== undefined && Array.isArray(value)) {
    const { batch: _, ...single } = circuit;
    const inferences = value.map((item) => inputTensors(item, single));
    return circuit.inputs.map((_tensor, t) => inferences.flatMap((tensors) => tensors[t]));
  }
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
