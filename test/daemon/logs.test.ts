/** Ten ways in which providers refuse a range of blocks, answered over HTTP. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createPublicClient, http, type PublicClient } from "viem";
import { afterEach, describe, expect, test } from "vitest";
import { createLogReader } from "../../daemon/chain/logs.ts";

const ADDRESS = "0x00000000000000000000000000000000000000aa";
const LIMIT = 7;
/** Of a call; nothing here waits for it. */
const TIMEOUT_MS = 240_000;

/** Status and JSON-RPC error of a refused range. */
const DIALECTS: readonly [name: string, status: number, error: { code: number; message: string }][] = [
  ["Infura, as documented", 200, { code: -32005, message: "query returned more than 10000 results" }],
  [
    "Infura, as served",
    200,
    { code: -32602, message: "query returned more than 10000 results. Try with this block range [0x0, 0x63]." },
  ],
  ["Alchemy", 200, { code: -32600, message: "You can make eth_getLogs requests with up to a 10 block range." }],
  ["QuickNode", 413, { code: -32614, message: "eth_getLogs is limited to a 10,000 range" }],
  ["Ankr", 200, { code: -32600, message: "block range is too wide" }],
  ["reth", 200, { code: -32602, message: "query exceeds max block range 100000" }],
  ["erigon", 200, { code: -32000, message: "query returned too many results" }],
  [
    "Cloudflare",
    200,
    { code: -32047, message: "Invalid eth_getLogs request. 'fromBlock'-'toBlock' range too large. Max range: 800" },
  ],
  ["BNB Chain", 200, { code: -32005, message: "exceed maximum block range: 5000" }],
  [
    "a gateway",
    400,
    {
      code: -32701,
      message: "Please specify an address in your request or, to remove restrictions, order a dedicated full node",
    },
  ],
];

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve()))));

async function clientOf(
  refuse: (span: number) => { status: number; body: object } | undefined,
): Promise<{ client: PublicClient; spans: number[] }> {
  const spans: number[] = [];
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { id, params } = JSON.parse(body) as { id: number; params: [{ fromBlock: string; toBlock: string }] };
    const span = Number(params[0].toBlock) - Number(params[0].fromBlock) + 1;
    spans.push(span);
    const { status, body: answer } = refuse(span) ?? { status: 200, body: { result: [{ span }] } };
    response
      .writeHead(status, { "content-type": "application/json", connection: "close" })
      .end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    client: createPublicClient({ transport: http(`http://127.0.0.1:${port}`, { retryCount: 0, timeout: TIMEOUT_MS }) }),
    spans,
  };
}

describe("a range that is refused is halved until it is not", () => {
  test.each(DIALECTS)("%s", async (_name, status, error) => {
    const { client, spans } = await clientOf((span) => (span > LIMIT ? { status, body: { error } } : undefined));
    const reader = createLogReader(ADDRESS, 100);
    const covered: number[] = [];
    for (let next = 0; next <= 99; ) {
      const { logs, to } = await reader.range(client, next, 99);
      covered.push((logs as { span: number }[])[0]!.span);
      next = to + 1;
    }
    expect(covered.reduce((sum, span) => sum + span, 0)).toBe(100);
    expect(Math.max(...covered)).toBeLessThanOrEqual(LIMIT);
    // No range is asked for over and over.
    expect(spans.length).toBeLessThan(120);
  });
});

test("an endpoint that is down is not taken for a refused range", async () => {
  const { client, spans } = await clientOf(() => ({ status: 503, body: {} }));
  await expect(createLogReader(ADDRESS, 100).range(client, 0, 99)).rejects.toThrow();
  expect(spans).toEqual([100]);
});

test("a single block that is refused is an error, not a loop", async () => {
  const { client, spans } = await clientOf(() => ({
    status: 200,
    body: { error: { code: -32602, message: "range too large" } },
  }));
  await expect(createLogReader(ADDRESS, 8).range(client, 0, 99)).rejects.toThrow();
  expect(spans).toEqual([8, 4, 2, 1]);
});
