/** One thing `gavel doctor` looks at, and what it found. */
import { GavelError } from "../../core/errors.ts";

export type Outcome = "ok" | "warning" | "failed" | "skipped";

export interface Finding {
  readonly name: string;
  readonly outcome: Outcome;
  readonly found: string;
  /** What to do, unless all is well. */
  readonly remedy?: string;
}

export type Verdict = Omit<Finding, "name">;

export const ok = (found: string): Verdict => ({ outcome: "ok", found });
export const warning = (found: string, remedy: string): Verdict => ({ outcome: "warning", found, remedy });
export const failed = (found: string, remedy: string): Verdict => ({ outcome: "failed", found, remedy });

/** Runs one check; what it throws is its finding. */
export async function check(name: string, look: () => Promise<Verdict> | Verdict): Promise<Finding> {
  try {
    return { name, ...(await look()) };
  } catch (error) {
    if (error instanceof GavelError) {
      const remedy = error.remedy ?? "see the message";
      return { name, ...failed([error.message.split("\n")[0], error.got].filter(Boolean).join(": "), remedy) };
    }
    return { name, ...failed((error as Error).message.split("\n")[0]!, "see the message") };
  }
}

/** Notes a check that needs what another one did not find. */
export const skipped = (name: string, found: string): Finding => ({ name, outcome: "skipped", found });
