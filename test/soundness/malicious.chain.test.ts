/** A prover that departs from the protocol once and goes on honestly is rejected by both verifiers, whatever it departs in. */
import { beforeAll, describe, expect, test } from "vitest";
import { buildVerifier } from "../../api/verifier.ts";
import { scheduleOf } from "../../core/schedule.ts";
import type { Statement } from "../../core/statement.ts";
import type { Engine } from "../../kernels/engine.ts";
import { prove } from "../../prover/prove.ts";
import type { ProvingKey } from "../../prover/setup.ts";
import { computeWitness, type Witness } from "../../prover/witness.ts";
import type { VerifierChain } from "../verifier-gen/chain.ts";
import { withEngineAndChain } from "../verifier-gen/engine-and-chain.ts";
import { ALL_REFUSED, verdicts } from "./support/agreement.ts";
import { copyWitness } from "./support/cheats.ts";
import { type Move, movesOf } from "./support/moves.ts";
import { context, FIXTURES, inputOf, provenPair, SEED } from "./support/proven.ts";
import { LONG, report } from "./support/report.ts";
import type { Tamper } from "./support/tampers.ts";

/** In the short form one move of so many is tried. */
const STRIDE: Record<string, number> = { tiny: 3, mixed: 8, veiled: 6 };

let chain: VerifierChain;
let engine: Engine;
withEngineAndChain((made) => {
  ({ engine, chain } = made);
});

describe.each(FIXTURES)("$title", (fixture) => {
  const input = inputOf(fixture, SEED);
  let key: ProvingKey;
  let honest: Witness;
  let statement: Statement;
  let address: `0x${string}`;
  beforeAll(async () => {
    const { key: made, proven } = provenPair(engine, fixture);
    key = made;
    statement = proven.statement;
    honest = computeWitness(key.plan, input);
    address = await chain.deploy((await buildVerifier({ verifyingKey: key.verifyingKey })).bytecode);
  });

  const play = ({ name, witness, hooks }: Move): Tamper => {
    const cells = { witness: witness ?? copyWitness(honest), hooks: hooks() };
    const { proof, ...shown } = prove(key, input, context, cells);
    return { key: key.verifyingKey, statement: shown, proof, target: "move", way: name };
  };

  test("a prover that makes no move is accepted by both", async () => {
    const idle = play({ name: "none", hooks: () => ({ message: (_, words) => words, before: () => {} }) });
    expect(await verdicts(chain, address, [idle])).toEqual({ accepted: ["move: none"], disagreements: [] });
  });

  test("every message and every challenge has its moves", () => {
    const names = movesOf(key, honest, statement).map(({ name }) => name);
    for (const step of scheduleOf(fixture.circuit)) {
      const found = names.filter((name) =>
        name.startsWith(`${step.kind === "absorb" ? "message" : "challenge"} ${step.name}`),
      );
      expect(found.length, step.name).toBeGreaterThan(0);
    }
  });

  test("every move is rejected by both", async () => {
    const moves = movesOf(key, honest, statement).filter((_, i) => LONG || i % STRIDE[fixture.title] === 0);
    const played = moves.map(play);
    expect(await verdicts(chain, address, played)).toEqual(ALL_REFUSED);
    report("perturbations", `malicious prover of ${fixture.title}`, played.length);
  });
});
