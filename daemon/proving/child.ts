/**
 * The prover process: proves and verifies what its parent sends, one task at a time, and ends when the parent is gone.
 *
 * A process of its own, not a thread: it can be stopped in the middle of a proof, and running out of memory ends it alone.
 */
import { loadArtifact } from "../../api/artifact.ts";
import { type ModelProver, openProver } from "../../api/prover.ts";
import { GavelError } from "../../core/errors.ts";
import { verify } from "../../verifier/verify.ts";
import { ProvingError } from "../errors.ts";
import type { Answer, ProcessSettings, ProveResult, ProveTask, Task, VerifyTask } from "./messages.ts";

const settings = JSON.parse(process.argv[2]!) as ProcessSettings;
/** Ready provers by artifact folder, the least recently used first. */
const provers = new Map<string, ModelProver>();

const send = (answer: Answer): void => void process.send?.(answer);

async function proverOf(artifact: string): Promise<ModelProver> {
  const known = provers.get(artifact);
  if (known !== undefined) {
    provers.delete(artifact);
    provers.set(artifact, known);
    return known;
  }
  for (const [oldest, prover] of provers) {
    if (provers.size < settings.modelCacheSize) break;
    provers.delete(oldest);
    await prover.close();
  }
  const opened = await openProver(artifact, { threads: settings.threads, manyProofs: true });
  provers.set(artifact, opened);
  return opened;
}

async function proveTask({ id, artifact, input, context }: ProveTask): Promise<ProveResult> {
  send({ id, kind: "phase", phase: "setup" });
  const prover = await proverOf(artifact);
  const startMs = performance.now();
  // Verified before it is returned.
  const { proof, output } = prover.prove(input, context, {
    onPhase: (phase) => {
      checkMemory();
      send({ id, kind: "phase", phase });
    },
  });
  return { proof, output, proveMs: Math.round(performance.now() - startMs), peakRssMb: rssMb() };
}

async function verifyTask({ artifact, input, output, context, proof }: VerifyTask): Promise<null> {
  const { verifyingKey } = provers.get(artifact)?.artifact ?? (await loadArtifact(artifact));
  verify(verifyingKey, { input, output, context }, proof);
  return null;
}

function checkMemory(): void {
  if (rssMb() <= settings.memoryMb) return;
  throw new ProvingError("the prover process uses too much memory", {
    expected: `at most ${settings.memoryMb} MB`,
    got: `${rssMb()} MB`,
    remedy: "raise `provingMemoryMb`, or do not offer this model",
  });
}

const rssMb = (): number => Math.round(process.memoryUsage.rss() / 2 ** 20);

process.on("disconnect", () => process.exit(0));
process.on("message", async (task: Task) => {
  try {
    send({ id: task.id, kind: "done", result: task.kind === "prove" ? await proveTask(task) : await verifyTask(task) });
  } catch (error) {
    const { name, message } = error as Error;
    send({ id: task.id, kind: "failed", name, message, retryable: error instanceof GavelError && error.retryable });
  }
});
