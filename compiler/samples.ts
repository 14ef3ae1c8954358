/** Samples from JSON: lists of inputs, and labels and float outputs where there are some. */
import type { ModelValue } from "./2-check/check.ts";
import { SamplesError } from "./errors.ts";
import { isFloat, sizeOf, type TensorType } from "./tensor.ts";

export type Label = number | string;

/** Tensor values by name. */
export type Sample = ReadonlyMap<string, Float64Array>;

export interface Samples {
  readonly inputs: readonly Sample[];
  /** One number, or name of a class, for each sample. */
  readonly labels: readonly Label[] | undefined;
}

/** The layout of samples.json and calibration.json: {inputs: [...], labels?: [...]}. */
export interface SamplesJson {
  readonly inputs: readonly unknown[];
  readonly labels?: readonly unknown[];
}

export function readSamples(json: unknown, inputs: readonly ModelValue[], label: string): Samples {
  const { inputs: items, labels } = (json ?? {}) as Partial<SamplesJson>;
  if (!Array.isArray(items) || items.length === 0) {
    throw new SamplesError({
      reason: `the ${label} samples have no list of inputs`,
      expected: '{"inputs": [...]}, one nested list for each sample',
      got: Array.isArray(items)
        ? "an empty list"
        : Array.isArray(json)
          ? "a list"
          : `an object with ${Object.keys(json ?? {}).join(", ") || "nothing"}`,
      remedy:
        "write the samples as JSON; an input is a nested list, or an object by tensor name where the model has several",
    });
  }
  return {
    inputs: items.map((item, index) => readSample(item, inputs, `${label} sample ${index}`)),
    labels: readLabels(labels, items.length, label),
  };
}

/** Fewer are not split: the halves would say nothing. */
const LEAST_SPLIT = 16;

/** Every other sample for the search, the others for the report. */
export function splitSamples(samples: Samples): { readonly searched: Samples; readonly heldOut: Samples } {
  if (samples.inputs.length < LEAST_SPLIT) return { searched: samples, heldOut: samples };
  const half = (rest: number): Samples => ({
    inputs: samples.inputs.filter((_, i) => i % 2 === rest),
    labels: samples.labels?.filter((_, i) => i % 2 === rest),
  });
  return { searched: half(0), heldOut: half(1) };
}

function readSample(item: unknown, inputs: readonly ModelValue[], label: string): Sample {
  const byName =
    typeof item === "object" && item !== null && !Array.isArray(item) ? (item as Record<string, unknown>) : undefined;
  if (byName === undefined && inputs.length !== 1) {
    throw new SamplesError({
      reason: `${label} is one list, the model has ${inputs.length} inputs`,
      expected: inputs.map(({ name }) => name).join(", "),
      remedy: "give an object by tensor name",
    });
  }
  return new Map(
    inputs.map(({ name, type }) => [name, flatten(byName ? byName[name] : item, type, `${label}, input ${name}`)]),
  );
}

function flatten(value: unknown, { shape, dtype }: TensorType, label: string): Float64Array {
  const size = sizeOf(shape);
  const isNumber = isFloat(dtype) ? Number.isFinite : Number.isSafeInteger;
  const numbers = (Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value]) as unknown[];
  const odd = numbers.findIndex((item) => !isNumber(item));
  if (numbers.length !== size || odd >= 0) {
    throw new SamplesError({
      reason: `${label} does not fit the model`,
      expected: `${size} ${isFloat(dtype) ? "finite" : "whole"} numbers`,
      got: numbers.length !== size ? `${numbers.length} values` : `${String(numbers[odd])} as value ${odd}`,
      remedy:
        "write every sample in the shape of the model's input, batch axis included; replace or leave out samples with missing or infinite values",
    });
  }
  // A model of 32-bit numbers sees these, and compares thresholds with them.
  return Float64Array.from(numbers as number[], dtype === "float32" ? Math.fround : undefined);
}

function readLabels(labels: unknown, count: number, label: string): readonly Label[] | undefined {
  if (labels === undefined) return undefined;
  const isLabel = (item: unknown): boolean => typeof item === "number" || typeof item === "string";
  if (!Array.isArray(labels) || labels.length !== count || !labels.every(isLabel)) {
    throw new SamplesError({
      reason: `the labels of the ${label} samples do not fit`,
      expected: `${count} numbers or names of classes`,
      got: !Array.isArray(labels)
        ? typeof labels
        : labels.length === count
          ? `${JSON.stringify(labels.find((item) => !isLabel(item)))} among them`
          : `${labels.length} labels`,
      remedy: "give one label for each sample, or leave the labels out",
    });
  }
  return labels as readonly Label[];
}

/** Labels as the model gives them: names of classes become their positions in `classes`. */
export function labelNumbers(labels: readonly Label[], classes: readonly string[] | undefined): readonly number[] {
  return labels.map((item, index) => {
    if (typeof item === "number") return item;
    const position = classes?.indexOf(item) ?? -1;
    if (position >= 0) return position;
    throw new SamplesError({
      reason: `sample ${index} has the label ${item}`,
      expected: classes ? classes.join(", ") : "numbers: the model gives no names of classes",
      got: item,
      remedy: "give the names that the model gives, or the positions of the classes",
    });
  });
}
