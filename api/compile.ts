/** ONNX model to artifact folder: compile, commit the weights, write everything down. */
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { type CompileOptions, compile } from "../compiler/compile.ts";
import type { CompileReport } from "../compiler/report.ts";
import type { SamplesJson } from "../compiler/samples.ts";
import { GavelError } from "../core/errors.ts";
import { layoutOf } from "../core/layout.ts";
import { soundnessBits } from "../core/security.ts";
import type { Srs } from "../core/srs/format.ts";
import { createEngine } from "../prover/engine.ts";
import { drawWeightBlindings, makeVerifyingKey } from "../prover/setup.ts";
import { createDevelopmentSrs } from "../srs/development.ts";
import { loadSrs } from "../srs/load.ts";
import { saveArtifact } from "./artifact.ts";
import { type Chain, type ChainedInput, loadChain } from "./chained-input.ts";
import type { CostEstimate } from "./estimate.ts";
import { type LayoutChoice, type LayoutPlan, type Preference, planLayout } from "./layout-plan.ts";
import { type TensorCost, tensorCosts } from "./tensor-costs.ts";

export class CompileInputError extends GavelError {
  override readonly name = "Api.CompileInputError";
}

export interface CompileRequest
  extends Omit<CompileOptions, "calibration" | "samples" | "chooseLayout" | "givenInputs"> {
  /** Path of the ONNX file. */
  readonly model: string;
  /** Paths of JSON samples. */
  readonly calibration: string;
  readonly samples?: string;
  /** SRS file; a development SRS is made when absent, which is good for development chains only. */
  readonly srs?: string;
  /** Inputs that other artifacts' outputs feed: they take their integers, and the first one's SRS where none is given. */
  readonly after?: readonly ChainedInput[];
  /** Artifact folder to write. */
  readonly output: string;
  readonly threads?: number;
  /** The layout with the least gas, or the least proving time; one between when absent. */
  readonly prefer?: Preference;
}

export interface CompileSummary extends CompileReport {
  readonly artifact: string;
  readonly compileMs: number;
  readonly setupMs: number;
  readonly insecureSrs: boolean;
  readonly soundnessBits: number;
  readonly estimated: CostEstimate;
  /** What each input and layer has of the cells, the proving time and the gas. */
  readonly costs: readonly TensorCost[];
  /** Every layout that was weighed, by gas; `estimated` is the chosen one's. */
  readonly layouts: readonly (LayoutChoice & { readonly isChosen: boolean })[];
}

/**
 * Writes the artifact folder and returns its report. Throws CompileInputError for files that cannot be read, a CompileError that names node
 * and operator for a model that is refused, and errors of `srs/` for an SRS that is too short.
 */
export async function compileModel(request: CompileRequest): Promise<CompileSummary> {
  const { model, calibration, samples, output, threads = 2, prefer, after = [], ...options } = request;
  const [chain, bytes, calibrationJson, samplesJson] = await Promise.all([
    loadChain(after),
    readBytes(model),
    readJson(calibration),
    samples === undefined ? undefined : readJson(samples),
  ]);
  const startMs = performance.now();
  const name = options.name ?? basename(dirname(model));
  let plan: LayoutPlan | undefined;
  const { circuit, report } = compile(bytes, {
    ...options,
    name,
    givenInputs: chain.givenInputs,
    chooseLayout: (layOut) => {
      plan = planLayout(layOut, { ...(prefer === undefined ? {} : { prefer }), layout: options });
      return plan.circuit;
    },
    calibration: calibrationJson,
    ...(samplesJson === undefined ? {} : { samples: samplesJson }),
  });
  const compiledMs = performance.now();
  const engine = await createEngine({ threads });
  try {
    const { srsCount } = layoutOf(circuit);
    const srs = (await knownSrs(srsCount, request.srs, chain)) ?? createDevelopmentSrs(engine, srsCount);
    chain.check(circuit, srs.tauG2);
    const setupStartMs = performance.now();
    const weightBlindings = drawWeightBlindings(circuit);
    const verifyingKey = makeVerifyingKey(engine, circuit, srs, weightBlindings);
    const summary: CompileSummary = {
      ...report,
      model: name,
      artifact: output,
      compileMs: Math.round(compiledMs - startMs),
      setupMs: Math.round(performance.now() - setupStartMs),
      insecureSrs: srs.insecure,
      soundnessBits: Math.floor(soundnessBits(circuit)),
      ...planned(plan),
      costs: tensorCosts(circuit, report, planned(plan).estimated),
    };
    await saveArtifact(output, verifyingKey, srs, summary, weightBlindings);
    return summary;
  } finally {
    await engine.close();
  }
}

/** The one that was asked for, else that of the first artifact of the chain, else none. */
async function knownSrs(count: number, given: string | undefined, chain: Chain): Promise<Srs | undefined> {
  const path = given ?? chain.srsPath;
  if (path === undefined) return undefined;
  try {
    return await loadSrs(path, count);
  } catch (cause) {
    if (given !== undefined) throw cause;
    throw new CompileInputError("the SRS of the artifact that comes before does not do", {
      expected: `${count} powers in ${path}`,
      got: (cause as Error).message,
      remedy: "compile both models with one --srs file of that many powers",
      cause,
    });
  }
}

function planned(plan: LayoutPlan | undefined): Pick<CompileSummary, "estimated" | "layouts"> {
  const { chosen, choices } = plan as LayoutPlan;
  return {
    estimated: chosen.estimated,
    layouts: choices.map((choice) => ({ ...choice, isChosen: choice === chosen })),
  };
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new CompileInputError(`cannot read ${path}`, { expected: "a file", got: (cause as Error).message, cause });
  }
}

async function readJson(path: string): Promise<SamplesJson> {
  const text = new TextDecoder().decode(await readBytes(path));
  try {
    return JSON.parse(text) as SamplesJson;
  } catch (cause) {
    throw new CompileInputError(`${path} is not JSON`, {
      expected: '{"inputs": [...], "labels": [...]}',
      got: (cause as Error).message,
      cause,
    });
  }
}
