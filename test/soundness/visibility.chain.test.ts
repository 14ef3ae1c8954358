/** Every combination of visibilities that proves something: an honest proof passes both verifiers, one about other tensors neither. */
import { keccak_256 } from "@noble/hashes/sha3.js";
import type { Hex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildUniversalVerifier, chooseVerifier, deployVerifier, type VerifierForm } from "../../api/verifier.ts";
import {
  type Circuit,
  VISIBILITIES,
  type Visibility,
  WEIGHT_VISIBILITIES,
  type WeightVisibility,
} from "../../core/circuit.ts";
import { statementLength } from "../../core/statement.ts";
import type { VerifyingKey } from "../../core/verifying-key.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { prove } from "../../prover/prove.ts";
import { tinyCircuit } from "../support/circuits.ts";
import { testKey } from "../support/proofs.ts";
import { createVerifierChain, type VerifierChain } from "../verifier-gen/chain.ts";
import { FORMS } from "../verifier-gen/forms.ts";
import { withHint } from "./support/hint.ts";
import { outcome } from "./support/proven.ts";
import type { Proven } from "./support/tampers.ts";

const context = keccak_256(new TextEncoder().encode("visibility"));
const INPUT = [[3, 20, 1]];
const OTHER = [[20, 0, 9]];
const LENGTHS: Record<Visibility, (bytes: number) => number> = {
  public: (bytes) => bytes,
  hashed: () => 32,
  committed: () => 64,
  private: () => 0,
};

interface Combination {
  readonly input: Visibility;
  readonly output: Visibility;
  readonly weights: WeightVisibility;
}

let engine: Engine;
let chain: VerifierChain;
let universal: Hex;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
  chain = await createVerifierChain();
  universal = await chain.deploy((await buildUniversalVerifier()).bytecode);
});
afterAll(async () => {
  await engine.close();
  await chain.close();
});

async function deploy(verifyingKey: VerifyingKey, form: VerifierForm): Promise<Hex> {
  return (await deployVerifier(await chooseVerifier({ verifyingKey }, form), chain.deploy, universal)).address;
}

function circuitWith({ input, output, weights }: Combination): Circuit {
  const circuit = { ...tinyCircuit(), weights };
  return {
    ...circuit,
    inputs: circuit.inputs.map((tensor) => ({ ...tensor, visibility: input })),
    outputs: circuit.outputs.map((tensor) => ({ ...tensor, visibility: output })),
  };
}

const COMBINATIONS = VISIBILITIES.flatMap((input) =>
  VISIBILITIES.filter((output) => output !== "private").flatMap((output) =>
    WEIGHT_VISIBILITIES.map((weights): Combination => ({ input, output, weights })),
  ),
);

test.each(COMBINATIONS)("input $input, output $output, weights $weights", async (combination) => {
  const { input, output } = combination;
  const circuit = circuitWith(combination);
  const key = testKey(engine, circuit);
  const addresses = await Promise.all(FORMS.map((form) => deploy(key.verifyingKey, form)));
  const proven = (values: readonly number[][]): Proven => {
    const { proof, secrets: _, ...statement } = prove(key, values, context);
    return { key: key.verifyingKey, statement, proof };
  };
  const [honest, other] = [proven(INPUT), proven(OTHER)];
  expect(honest.statement.input.length).toBe(LENGTHS[input](3));
  expect(honest.statement.output.length).toBe(LENGTHS[output](2));
  expect(statementLength(circuit.outputs)).toBe(honest.statement.output.length);

  for (const item of [honest, other]) {
    expect(outcome(item)).toBe("accepted");
    for (const address of addresses) expect(await chain.outcome(address, item.statement, item.proof)).toBe("accepted");
  }
  for (const side of ["input", "output"] as const) {
    if (honest.statement[side].length === 0) continue;
    const statement = { ...honest.statement, [side]: other.statement[side] };
    const mixed = withHint({ ...honest, statement, target: side, way: "of another proof" });
    const hashed = (side === "input" ? input : output) === "hashed";
    expect(outcome(mixed)).toBe(hashed ? "Statement.PreimageError" : "Verifier.PairingError");
    for (const address of addresses) {
      const there = await chain.outcome(address, mixed.statement, mixed.proof);
      expect(there).toBe(hashed ? "PreimageHash" : "PairingFailed");
    }
  }
});
