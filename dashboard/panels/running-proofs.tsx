import { useEffect, useState } from "react";
import type { Phase } from "../../prover/phases.ts";
import { seconds, shortHex } from "../format.ts";
import type { RunningProof } from "../running.ts";

/** In the order the prover goes through them. */
const PHASES: readonly string[] = ["setup", "witness", "commit", "lookup", "sumcheck", "opening"] satisfies readonly (
  | "setup"
  | Phase
)[];

export function RunningProofs({ running }: { running: readonly RunningProof[] }) {
  const nowMs = useClock(running.length > 0);
  return (
    <section aria-label="running proofs">
      <h2>Proving</h2>
      {running.length === 0 && <p className="quiet">no proof is running</p>}
      {running.map(({ id, phase, sinceMs }) => (
        <div key={id} className="running">
          <code title={id}>{shortHex(id)}</code>
          <ol>
            {PHASES.map((name, index) => (
              <li key={name} data-state={stateOf(index, PHASES.indexOf(phase))}>
                {name}
              </li>
            ))}
          </ol>
          <span>{seconds(Math.max(0, nowMs - sinceMs))}</span>
        </div>
      ))}
    </section>
  );
}

function stateOf(index: number, current: number): "done" | "now" | "ahead" {
  if (index === current) return "now";
  return index < current ? "done" : "ahead";
}

function useClock(runs: boolean): number {
  const [nowMs, setNow] = useState(Date.now);
  useEffect(() => {
    if (!runs) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 100);
    return () => clearInterval(timer);
  }, [runs]);
  return nowMs;
}
