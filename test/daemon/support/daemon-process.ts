/** `gavel daemon` as a process of its own, watched through its logs. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { root } from "../../support/source-tree.ts";

export interface LogLine {
  readonly code: string;
  readonly to?: string;
  readonly requestId?: string;
  readonly id?: string;
  readonly purpose?: string;
  /** Of a transaction that is over. */
  readonly requestIds?: readonly string[];
  readonly url?: string;
}

export interface DaemonProcess {
  readonly child: ChildProcess;
  readonly lines: readonly LogLine[];
  /** What came that is not a log line. */
  readonly text: () => string;
  /** The first line that matches, past or future. */
  line(matches: (line: LogLine) => boolean): Promise<LogLine>;
  /** Resolves with the exit code, or the signal's name. */
  readonly exited: Promise<number | string>;
  /** SIGKILL, and wait for the end. */
  kill(): Promise<void>;
}

/** Undefined for what is none, as the half of one that a killed process leaves. */
function logLine(text: string): LogLine | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}

export function spawnDaemon(configFile: string, privateKey: string): DaemonProcess {
  const child = spawn(process.execPath, ["cli/main.ts", "daemon", "--config", configFile], {
    cwd: root,
    env: { PATH: process.env["PATH"], GAVEL_PRIVATE_KEY: privateKey },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const lines: LogLine[] = [];
  const other: string[] = [];
  const waiting = new Set<(line: LogLine) => void>();
  createInterface({ input: child.stderr! }).on("line", (text) => {
    if (process.env["GAVEL_TEST_LOG"] !== undefined) process.stderr.write(`${child.pid}: ${text}\n`);
    const line = logLine(text);
    if (line === undefined) {
      other.push(text);
      return;
    }
    lines.push(line);
    for (const listener of [...waiting]) listener(line);
  });
  const exited = once(child, "exit").then(([code, signal]) => (code ?? signal) as number | string);
  return {
    child,
    lines,
    text: () => other.join("\n"),
    line: (matches) =>
      new Promise((resolve, reject) => {
        const past = lines.find(matches);
        if (past !== undefined) {
          resolve(past);
          return;
        }
        const listener = (line: LogLine): void => {
          if (!matches(line)) return;
          waiting.delete(listener);
          resolve(line);
        };
        waiting.add(listener);
        exited.then((code) => reject(new Error(`the daemon ended (${code}): ${other.join("\n")}`)));
      }),
    exited,
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Exit code that asks for another start, as when no endpoint answers in time. */
const RETRYABLE = 75;

/** Starts a daemon as a service manager does, again when its exit code asks for that, up to the log line `code`. */
export async function startedDaemon(
  configFile: string,
  privateKey: string,
  code: "DAEMON-START" | "DAEMON-READY",
): Promise<DaemonProcess> {
  for (;;) {
    const daemon = spawnDaemon(configFile, privateKey);
    try {
      await daemon.line((line) => line.code === code);
      return daemon;
    } catch (error) {
      if ((await daemon.exited) !== RETRYABLE) throw error;
    }
  }
}
