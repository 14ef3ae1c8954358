/** A generated verifier that stops before the curve operations and returns its memory. */

import { type Challenges, type Claim, claimsOf, type Messages, zeroCheckPoint } from "../../core/claims.ts";
import { inv, mul, Q, R, sub } from "../../core/field.ts";
import { layoutOf } from "../../core/layout.ts";
import { proofSections, proofWordCount } from "../../core/proof.ts";
import { partWords, pointName, roundName, scheduleOf, wordCount } from "../../core/schedule.ts";
import type { Statement } from "../../core/statement.ts";
import { createTranscript } from "../../core/transcript.ts";
import { statementDigest, type VerifyingKey } from "../../core/verifying-key.ts";
import { compileVerifier } from "../../verifier-gen/compile-solidity.ts";
import { type PlanOptions, planVerifier } from "../../verifier-gen/plan.ts";
import { renderSource } from "../../verifier-gen/render.ts";
import type { VerifierChain } from "./chain.ts";

export interface MemoryDump {
  word(pointer: string, index?: number): bigint;
}

/** Memory after the weights of both points have been summed. */
export async function dumpMemory(
  chain: VerifierChain,
  key: VerifyingKey,
  statement: Statement,
  proof: Uint8Array,
  options: PlanOptions = {},
): Promise<MemoryDump> {
  const plan = planVerifier(key, options);
  const base = plan.memory.pointers[0].value;
  const size = plan.memory.slotBase - base;
  const after = { weights: [`if gas() { return(${plan.memory.pointers[0].name}, 0x${size.toString(16)}) }`] };
  const { bytecode } = await compileVerifier(renderSource(plan, "Harness", undefined, { after }), "Harness");
  const data = await chain.verify(await chain.deploy(bytecode), statement, proof);
  const addresses = new Map(plan.memory.pointers.map(({ name, value }) => [name, value]));
  return {
    word(pointer, index = 0) {
      const offset = addresses.get(pointer)! - base + 32 * index;
      return BigInt(`0x${data.slice(2 + 2 * offset, 66 + 2 * offset)}`);
    },
  };
}

/** What a verifier knows of a proof before the opening is checked, by the rules of `core/`. */
export interface ReadProof {
  readonly challenges: Challenges;
  readonly messages: Messages;
  readonly claims: readonly Claim[];
  readonly squeezed: ReadonlyMap<string, bigint>;
  words(step: string, part: string): readonly bigint[];
}

/** Runs transcript and sumchecks over proof words, whatever they prove. */
export function readProof(key: VerifyingKey, statement: Statement, proofWords: readonly bigint[]): ReadProof {
  const { circuit } = key;
  const { logRows, productBits } = layoutOf(circuit);
  const schedule = scheduleOf(circuit);
  const transcript = createTranscript(schedule, statementDigest(key, statement));
  const squeezed = new Map<string, bigint>();
  let position = 0;
  for (const step of schedule) {
    if (step.kind === "squeeze") squeezed.set(step.name, transcript.squeeze(step.name));
    else {
      transcript.absorb(step.name, proofWords.slice(position, position + wordCount(step)));
      position += wordCount(step);
    }
  }
  const sections = proofSections(circuit);
  const words = (step: string, part: string): readonly bigint[] => {
    const section = sections.find((item) => item.step === step && item.part.name === part);
    return section === undefined ? [] : proofWords.slice(section.word, section.word + partWords(section.part));
  };
  const challenge = (name: string): bigint => squeezed.get(name)!;
  const u = Array.from({ length: logRows }, (_, k) => challenge(pointName(k)));
  const w = zeroCheckPoint(challenge("omega"), logRows);
  const [sum] = words("helper", "sum");
  let zeroCheckClaim = 0n;
  let productClaim = sum;
  for (let v = logRows - 1; v >= 0; v--) {
    const a = words(roundName(v), "zero-check");
    const a0 = sub(zeroCheckClaim, mul(w[v], a.reduce((x, y) => x + y) % R));
    zeroCheckClaim = [a0, ...a].reduceRight((value, coefficient) => (value * u[v] + coefficient) % R, 0n);
    if (v >= productBits) continue;
    const [p0, p2] = words(roundName(v), "product");
    const p1 = sub(productClaim, (2n * p0 + p2) % R);
    productClaim = [p0, p1, p2].reduceRight((value, coefficient) => (value * u[v] + coefficient) % R, 0n);
  }
  const single = (name: string): bigint => words("evaluations", name)[0] ?? 0n;
  const challenges = { alpha: challenge("alpha"), beta: challenge("beta"), tau: challenge("tau"), w, u };
  const messages = {
    sum,
    zeroCheckClaim,
    productClaim,
    q: single("q"),
    y: single("y"),
    rem: single("rem"),
    m: single("m"),
    h: single("h"),
    table: single("table"),
    operands: words("evaluations", "operands"),
  };
  return { challenges, messages, claims: claimsOf(circuit, challenges, messages, statement), squeezed, words };
}

/** A proof of random canonical words with the right inverse hint. */
export function randomProof(key: VerifyingKey, statement: Statement, next: () => bigint): bigint[] {
  const words = Array.from({ length: proofWordCount(key.circuit) }, () => next() % Q);
  const z = readProof(key, statement, words).squeezed.get("z")!;
  const hint = proofSections(key.circuit).find(({ part }) => part.name === "inverse")!;
  words[hint.word] = inv(mul(z, sub(mul(z, z), 1n)));
  return words;
}
