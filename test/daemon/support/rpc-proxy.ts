/** A JSON-RPC proxy that misbehaves on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Call {
  readonly method: string;
  readonly params: readonly unknown[];
}

export type Fault =
  /** An HTTP status without a useful body. */
  | { readonly status: number }
  /** A JSON-RPC error. */
  | { readonly error: { readonly code: number; readonly message: string } }
  /** Another result than the chain's. */
  | { readonly result: unknown }
  /** The chain's answer, when this, which is called once the chain has answered, resolves. */
  | { readonly when: () => Promise<unknown> }
  /** The chain gets the call, the caller no answer. */
  | "swallow-answer"
  /** Neither gets anything. */
  | "hang";

export interface RpcProxy {
  readonly url: string;
  /** Asked for each call; undefined lets it pass. */
  rule: (call: Call) => Fault | undefined;
  /** Calls that were met with a fault. */
  readonly faults: number;
  close(): Promise<void>;
}

export async function startRpcProxy(target: string): Promise<RpcProxy> {
  let faults = 0;
  const proxy = { rule: (_call: Call): Fault | undefined => undefined };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const { id, method, params = [] } = JSON.parse(body) as Call & { id: number };
    const fault = proxy.rule({ method, params });
    if (fault !== undefined) faults++;
    const json = (value: object) =>
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ jsonrpc: "2.0", id, ...value }));
    if (fault === "hang") return;
    if (typeof fault === "object" && !("when" in fault)) {
      if ("status" in fault) response.writeHead(fault.status).end("no");
      else json(fault);
      return;
    }
    const forwarded = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body });
    const text = await forwarded.text();
    if (fault === "swallow-answer") return;
    await fault?.when();
    response.writeHead(forwarded.status, { "content-type": "application/json" }).end(text);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.defineProperties(proxy as RpcProxy, {
    url: { value: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    faults: { get: () => faults },
    close: {
      value: () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    },
  });
}

export const REFUSED: Fault = { error: { code: -32000, message: "refused by the test" } };
export const isSend = ({ method }: Call): boolean => method === "eth_sendRawTransaction";
