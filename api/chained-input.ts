/** Inputs that are another artifact's outputs: their integers, and the SRS that both must stand on. */
import type { GivenInput } from "../compiler/given-inputs.ts";
import type { BoundaryTensor, Circuit } from "../core/circuit.ts";
import { GavelError } from "../core/errors.ts";
import { tableValues } from "../core/lookup.ts";
import { type Artifact, loadArtifact } from "./artifact.ts";

/** An output that cannot feed an input, or an input that could not take it. */
export class ChainedInputError extends GavelError {
  override readonly name = "Api.ChainedInputError";
}

export interface ChainedInput {
  /** Name of the input; the model's only one when absent. */
  readonly input?: string;
  /** Folder of the artifact whose output feeds it. */
  readonly artifact: string;
  /** Name of the output; the artifact's only one when absent. */
  readonly output?: string;
}

/** Reads the artifacts that come before. */
export async function loadChain(chained: readonly ChainedInput[]): Promise<Chain> {
  const links = await Promise.all(
    chained.map(async ({ input, artifact, output }) => {
      const before = await loadArtifact(artifact);
      return { input, before, tensor: outputOf(before, output) };
    }),
  );
  return {
    srsPath: links[0]?.before.srsPath,
    givenInputs: links.map(({ input, before, tensor }) => ({
      ...(input === undefined ? {} : { input }),
      count: tensor.count,
      scale: tensor.scale,
      ...integersOf(before.circuit, tensor),
    })),
    check(circuit, tauG2) {
      for (const { input, before, tensor } of links) {
        const taker = circuit.inputs.find(({ name }) => name === input) ?? circuit.inputs[0];
        checkForm(taker, tensor);
        if (before.verifyingKey.tauG2.every((word, i) => word === tauG2[i])) continue;
        throw new ChainedInputError("the two models stand on different SRS", {
          expected: `the SRS of ${before.dir}: a commitment means the same tensor only under one SRS`,
          got: "another [tau]_2",
          remedy: "compile both with the same --srs file; `gavel srs development` makes one for development chains",
        });
      }
    },
  };
}

export interface Chain {
  /** SRS of the first artifact, undefined when there is none. */
  readonly srsPath: string | undefined;
  readonly givenInputs: readonly GivenInput[];
  /** Throws when `circuit`, compiled with `givenInputs`, cannot take the outputs as they stand in statements. */
  check(circuit: Circuit, tauG2: readonly bigint[]): void;
}

function outputOf({ circuit, dir }: Artifact, name: string | undefined): BoundaryTensor {
  const { outputs } = circuit;
  const found =
    name === undefined && outputs.length === 1 ? outputs[0] : outputs.find((output) => output.name === name);
  if (found !== undefined) return found;
  throw new ChainedInputError(`no such output of ${dir}`, {
    expected: `one of ${outputs.map((output) => output.name).join(", ")}`,
    got: name ?? "no name",
    remedy: "name the output; the name can be left out only where there is one",
  });
}

/** Every integer that the output can be, and 0. */
function integersOf(circuit: Circuit, { block, table }: BoundaryTensor): { lo: number; hi: number } {
  const { lo, hi } = circuit.tables[table];
  if (block === "q") return { lo: Math.min(0, lo), hi: Math.max(0, hi) };
  const values = tableValues(circuit, table);
  if (values.length === hi - lo + 1) return { lo: Math.min(0, ...values), hi: Math.max(0, ...values) };
  throw new ChainedInputError("the output's range is not known", {
    expected: "the function that the output is looked up in",
    got: "a copy of the artifact without fixed.bin",
    remedy: "use the folder that `gavel compile` wrote",
  });
}

function checkForm(input: BoundaryTensor, output: BoundaryTensor): void {
  const form = ({ visibility, elementBytes, signed }: BoundaryTensor): string =>
    `${visibility}, ${signed ? "signed" : "unsigned"}, ${elementBytes} bytes an element`;
  if (form(input) === form(output)) return;
  throw new ChainedInputError(`statements show input ${input.name} otherwise than output ${output.name}`, {
    expected: form(output),
    got: form(input),
    remedy:
      input.visibility === output.visibility
        ? "make both committed: commitments do not depend on the bytes of an element"
        : `compile with --input-visibility ${input.name}=${output.visibility}`,
  });
}
