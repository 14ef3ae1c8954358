/** An ONNX model to a circuit: read, check, quantize, lower. */
import type { Circuit } from "../core/circuit.ts";
import { readModel } from "./1-read/read.ts";
import { type Bindings, checkModel } from "./2-check/check.ts";
import { calibrate, runReal } from "./3-quantize/calibrate.ts";
import { decisionsOf } from "./3-quantize/decisions.ts";
import { fuseProgram } from "./3-quantize/fuse.ts";
import { integerAnswers } from "./3-quantize/integer-answers.ts";
import { checkQuantizeOptions, type QuantizeOptions } from "./3-quantize/options.ts";
import { planModel } from "./3-quantize/plan.ts";
import { type SearchOptions, searchPrecision } from "./3-quantize/search.ts";
import type { CircuitLayout, CircuitOptions } from "./4-lower/assemble.ts";
import { lowerProgram } from "./4-lower/lower.ts";
import { type Accuracy, measureAccuracy } from "./accuracy.ts";
import { type GivenInput, givenIntegers } from "./given-inputs.ts";
import { measureLayers } from "./layer-errors.ts";
import type { IntegerProgram } from "./program.ts";
import { type CompileReport, makeReport } from "./report.ts";
import { labelNumbers, readSamples, type Samples, type SamplesJson, splitSamples } from "./samples.ts";
import { multiplicationsOf } from "./steps/work.ts";
import { isFloat } from "./tensor.ts";
import { checkVisibility, type VisibilityOptions } from "./visibility.ts";

export interface CompileOptions extends QuantizeOptions, SearchOptions, CircuitOptions, VisibilityOptions {
  /** Name of the circuit; the graph's own when absent. */
  readonly name?: string;
  /** Sizes of symbolic dimensions. */
  readonly bind?: Bindings;
  /** What the ranges and bits are chosen on. */
  readonly calibration: SamplesJson;
  /** What accuracy is reported on, and judged on where there is a goal; the calibration samples when absent. */
  readonly samples?: SamplesJson;
  /** Inputs that take the integers of another model's output; the calibration samples choose the others. */
  readonly givenInputs?: readonly GivenInput[];
  /** Told what is being tried, where that takes long. */
  readonly progress?: (line: string) => void;
  /** Chooses among layouts of the circuit, which all have the same meaning; what no layout is given for is as `options` say. */
  readonly chooseLayout?: (layOut: (layout: Partial<CircuitLayout>) => Circuit) => Circuit;
}

export interface Compiled {
  readonly circuit: Circuit;
  readonly report: CompileReport;
  /** The exact meaning of the circuit (`reference.ts`). */
  readonly program: IntegerProgram;
}

/** The bits are judged on as many samples as this many multiplications allow: about two seconds for one run over them. */
const JUDGED_WORK = 2e9;
const LEAST_JUDGED = 8;

export function compile(bytes: Uint8Array, options: CompileOptions): Compiled {
  const model = checkModel(readModel(bytes), options.bind);
  const name = options.name ?? (model.name || "model");
  const namesOf = (values: readonly { readonly name: string }[]): string[] => values.map((value) => value.name);
  checkVisibility(options, namesOf(model.inputs), namesOf(model.outputs));
  const calibration = readSamples(options.calibration, model.inputs, "calibration");
  const test = options.samples ? readSamples(options.samples, model.inputs, "test") : calibration;

  checkQuantizeOptions(options);
  const real = fuseProgram(planModel(model));
  const ranges = calibrate(real, calibration.inputs, options);
  // A chosen class is the answer that labels are about; without one, the first output is.
  const index = model.outputs.findIndex(({ type }) => !isFloat(type.dtype));
  const answer = Math.max(0, index);
  const goal = options.maxAccuracyDrop;
  const { searched, heldOut } = goal === undefined ? { searched: test, heldOut: test } : splitSamples(test);
  const judged = (options.samples ? calibration : searched).inputs.slice(
    0,
    Math.max(LEAST_JUDGED, Math.floor(JUDGED_WORK / multiplicationsOf(real))),
  );
  const accuracyOn = ({ inputs, labels }: Samples): ((built: Pick<Compiled, "program" | "circuit">) => Accuracy) => {
    const float = inputs.map((sample) => runReal(real, sample).get(real.outputs[answer]) as Float64Array);
    return ({ program, circuit }) => {
      const integer = integerAnswers(program, inputs).map((outputs) => outputs[answer]);
      const numbers = labels && labelNumbers(labels, circuit.outputs[answer].labels);
      return measureAccuracy({ float, integer, isIndex: index >= 0 }, numbers);
    };
  };
  const searchedAccuracy = accuracyOn(searched);
  const candidate = searchPrecision(
    {
      program: real,
      ranges,
      given: givenIntegers(options.givenInputs ?? [], model.inputs, options.batch ?? 1),
      quantize: options,
      samples: judged,
      decisions: decisionsOf(real, judged),
      lower: (program, bounds) => lowerProgram(program, bounds, { ...options, batch: 1, name, alignsTables: false }),
      accuracyOf: searchedAccuracy,
      progress: options.progress ?? (() => {}),
    },
    options,
  );
  const { program } = candidate;
  // The bits are those of a single inference, so that a batch answers bit for bit as one does.
  const layOut = (layout: Partial<CircuitLayout> = {}): Circuit =>
    lowerProgram(program, candidate.bounds, { ...options, ...layout, name });
  const circuit = options.chooseLayout ? options.chooseLayout(layOut) : layOut();

  const report = makeReport({
    model: name,
    opset: model.opset,
    candidate: { ...candidate, circuit },
    ranges,
    accuracy: accuracyOn(heldOut)(candidate),
    quantize: options,
    goal,
    search: goal === undefined ? undefined : { ...searchedAccuracy(candidate), samples: searched.inputs.length },
    errors: measureLayers(real, program, heldOut.inputs.slice(0, judged.length)),
    samples: { source: options.samples ? "samples" : "calibration", count: heldOut.inputs.length },
  });
  return { circuit, report, program };
}
