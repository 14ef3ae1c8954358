/** A second chain of another make: anvil, from its npm package, in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";

export interface AnvilChain {
  readonly url: string;
  close(): Promise<void>;
}

/** Osaka rules, chain id 31337, a free port of the loopback address. */
export async function startAnvil(): Promise<AnvilChain> {
  const bin = createRequire(import.meta.url).resolve("@foundry-rs/anvil/bin.mjs");
  const child = spawn(process.execPath, [bin, "--hardfork", "osaka", "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await listeningUrl(child);
  return {
    url,
    async close() {
      const ended = once(child, "close");
      child.kill();
      await ended;
    },
  };
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  let printed = "";
  for await (const part of child.stdout as AsyncIterable<Buffer>) {
    printed += part;
    const address = /Listening on (\S+)/.exec(printed)?.[1];
    if (address !== undefined) {
      child.stdout?.resume();
      return `http://${address}`;
    }
  }
  throw new Error(`anvil ended before it listened: ${printed}`);
}
