/** Owns the prover process: starts it when needed, ends it on time-outs and cancellations, reports its progress. */
import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { ProvingCancelledError, ProvingError } from "../errors.ts";
import type { Answer, ProcessSettings, ProveResult, ProveTask, Task, VerifyTask } from "./messages.ts";

export interface ProverProcess {
  prove(task: Omit<ProveTask, "id" | "kind">, options: TaskOptions): Promise<ProveResult>;
  /** Throws when the proof does not hold. */
  verify(task: Omit<VerifyTask, "id" | "kind">, options: TaskOptions): Promise<void>;
  close(): void;
}

export interface TaskOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onPhase?: (phase: string) => void;
}

// The same folder and extension, so that it is found in the sources and in the built package.
const childPath = fileURLToPath(new URL(`./child${extname(import.meta.filename)}`, import.meta.url));

export function createProverProcess(settings: ProcessSettings): ProverProcess {
  let child: ChildProcess | undefined;
  let nextId = 1;
  let queue: Promise<unknown> = Promise.resolve();

  function start(): ChildProcess {
    const started = fork(childPath, [JSON.stringify(settings)], {
      serialization: "advanced",
      execArgv: [`--max-old-space-size=${settings.memoryMb}`],
      // Nothing of the environment: the sending account's key may be in it.
      env: {},
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    started.once("exit", () => {
      if (child === started) child = undefined;
    });
    return started;
  }

  function kill(): void {
    const running = child;
    child = undefined;
    running?.kill("SIGKILL");
  }

  async function run(task: Task, { timeoutMs, signal, onPhase }: TaskOptions): Promise<ProveResult | null> {
    if (signal.aborted) throw cancelled();
    child ??= start();
    const running = child;
    const listeners = new AbortController();
    try {
      return await new Promise((resolve, reject) => {
        const stop = (error: Error): void => {
          kill();
          reject(error);
        };
        const timer = setTimeout(() => stop(tooSlow(timeoutMs)), timeoutMs);
        listeners.signal.addEventListener("abort", () => clearTimeout(timer));
        signal.addEventListener("abort", () => stop(cancelled()), { signal: listeners.signal });
        const onExit = (code: number | null, by: string | null) => reject(ended(code, by));
        const onError = (error: Error) => stop(error);
        const onMessage = (answer: Answer) => {
          if (answer.id !== task.id) return;
          if (answer.kind === "phase") onPhase?.(answer.phase);
          if (answer.kind === "done") resolve(answer.result);
          if (answer.kind === "failed") reject(failed(answer));
        };
        running.on("exit", onExit).on("error", onError).on("message", onMessage);
        listeners.signal.addEventListener("abort", () => {
          running.off("exit", onExit).off("error", onError).off("message", onMessage);
        });
        running.send(task, (error) => {
          if (error) stop(error);
        });
      });
    } finally {
      listeners.abort();
    }
  }

  function enqueue(task: Task, options: TaskOptions): Promise<ProveResult | null> {
    const result = queue.then(() => run(task, options));
    queue = result.catch(() => undefined);
    return result;
  }

  return {
    prove: async (task, options) => (await enqueue({ ...task, kind: "prove", id: nextId++ }, options))!,
    verify: async (task, options) => void (await enqueue({ ...task, kind: "verify", id: nextId++ }, options)),
    close: kill,
  };
}

const cancelled = () =>
  new ProvingCancelledError("proving was cancelled", { retryable: true, remedy: "none: it was not wanted any more" });

const tooSlow = (timeoutMs: number) =>
  new ProvingError("the proof took too long", {
    expected: `at most ${timeoutMs} ms`,
    remedy: "raise `provingTimeoutMs`, or do not offer this model",
    retryable: true,
  });

const ended = (code: number | null, by: string | null) =>
  new ProvingError("the prover process ended", {
    got: by === null ? `exit code ${code}` : `signal ${by}`,
    remedy: "give it more memory (`provingMemoryMb`), or do not offer this model",
    retryable: true,
  });

const failed = ({ name, message, retryable }: Answer & { kind: "failed" }) =>
  new ProvingError(`${name}: ${message}`, {
    remedy: "see the cause; a proof that does not verify is a fault in gavel",
    retryable,
  });
