/** Streams that remember what was written to them. */
import type { Streams } from "../../cli/output.ts";

export function captureStreams(): Streams & { text(): { stdout: string; stderr: string } } {
  const stdout: string[] = [];
  const stderr: string[] = [];
  return {
    stdout: { write: (text) => stdout.push(text) },
    stderr: { write: (text) => stderr.push(text) },
    text: () => ({ stdout: stdout.join(""), stderr: stderr.join("") }),
  };
}
