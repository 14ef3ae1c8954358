/** What the daemon and its prover process say to each other. */
import type { Phase } from "../../prover/phases.ts";

export interface ProveTask {
  readonly kind: "prove";
  readonly id: number;
  /** Artifact folder. */
  readonly artifact: string;
  /** Packed. */
  readonly input: Uint8Array;
  readonly context: Uint8Array;
}

export interface VerifyTask {
  readonly kind: "verify";
  readonly id: number;
  readonly artifact: string;
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  readonly context: Uint8Array;
  readonly proof: Uint8Array;
}

export type Task = ProveTask | VerifyTask;

export interface ProveResult {
  readonly proof: Uint8Array;
  readonly output: Uint8Array;
  readonly proveMs: number;
  readonly peakRssMb: number;
}

export type Answer =
  | { readonly id: number; readonly kind: "phase"; readonly phase: Phase | "setup" }
  | { readonly id: number; readonly kind: "done"; readonly result: ProveResult | null }
  | {
      readonly id: number;
      readonly kind: "failed";
      readonly name: string;
      readonly message: string;
      readonly retryable: boolean;
    };

/** Settings of the process, given as its one argument. */
export interface ProcessSettings {
  readonly threads: number;
  readonly memoryMb: number;
  readonly modelCacheSize: number;
}
