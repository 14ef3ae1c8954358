/**
 * Proves one model in a process of its own and prints the figures as one JSON line; peak memory is that of this process.
 *
 *     node cli/bench/measure.ts <artifact> <file of packed input> <threads> <zk 0|1> <runs> <revectorize 0|1>
 */
import { readFileSync } from "node:fs";
import { openProver } from "../../api/prover.ts";
import { unpackTensors } from "../../core/packing.ts";
import { PHASES, type Phase } from "../../prover/phases.ts";
import { prove } from "../../prover/prove.ts";
import { verify } from "../../verifier/verify.ts";

const [artifactFolder, inputFile, threads, zk, runs, revectorize] = process.argv.slice(2);
/** The first proofs of a process run code that is not optimized yet; this is half a dozen of the smallest and one of a large model. */
const WARM_UP_MS = 1000;

const setupStart = performance.now();
const prover = await openProver(artifactFolder, {
  threads: Number(threads),
  revectorize: revectorize === "1",
  manyProofs: true,
});
const setupMs = performance.now() - setupStart;
const input = unpackTensors(prover.artifact.circuit.inputs, readFileSync(inputFile));
const context = new Uint8Array(32);

interface Run {
  readonly proveMs: number;
  /** Processor time of all threads. */
  readonly cpuMs: number;
  readonly phases: Record<Phase, number>;
}

function proveOnce(): { run: Run; proof: ReturnType<typeof prove> } {
  const starts: [Phase, number][] = [];
  const cpuStart = process.cpuUsage();
  const start = performance.now();
  const proof = prove(prover.key, input, context, {
    zeroKnowledge: zk === "1",
    onPhase: (phase) => starts.push([phase, performance.now()]),
  });
  const end = performance.now();
  const { user, system } = process.cpuUsage(cpuStart);
  const phases = Object.fromEntries(starts.map(([phase, at], i) => [phase, (starts[i + 1]?.[1] ?? end) - at]));
  return {
    run: { proveMs: end - start, cpuMs: (user + system) / 1000, phases: phases as Record<Phase, number> },
    proof,
  };
}

/** On Linux, the maximum that getrusage knows also counts the parent before exec; VmHWM is this program's own. */
function peakRssKb(): number {
  try {
    const own = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
    if (own) return Number(own[1]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return process.resourceUsage().maxRSS;
}

const warmUpStart = performance.now();
const first = proveOnce();
while (performance.now() - warmUpStart < WARM_UP_MS) proveOnce();
const measured = Array.from({ length: Number(runs) }, () => proveOnce().run).sort((a, b) => a.proveMs - b.proveMs);
const median = measured[Math.floor(measured.length / 2)] ?? first.run;
const verifyStart = performance.now();
verify(prover.artifact.verifyingKey, first.proof, first.proof.proof);
const verifyMs = performance.now() - verifyStart;
const round = (value: number): number => Math.round(value * 10) / 10;
process.stdout.write(
  `${JSON.stringify({
    setupMs: round(setupMs),
    firstProveMs: round(first.run.proveMs),
    proveMs: round(median.proveMs),
    cpuMs: round(Math.min(...measured.map(({ cpuMs }) => cpuMs), first.run.cpuMs)),
    witnessMs: round(median.phases.witness),
    phasesMs: Object.fromEntries(PHASES.map((phase) => [phase, round(median.phases[phase])])),
    verifyMs: round(verifyMs),
    proofBytes: first.proof.proof.length,
    peakRssMb: Math.round(peakRssKb() / 1024),
  })}\n`,
);
await prover.close();
