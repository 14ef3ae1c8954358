import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hexToBytes } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { loadArtifact } from "../../api/artifact.ts";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import {
  faultSchema,
  healthSchema,
  ledgerSchema,
  modelsSchema,
  readinessSchema,
  requestsSchema,
  requestWithHistorySchema,
  statusSchema,
} from "../../daemon/http/schemas.ts";
import { type RunningDaemon, startDaemon } from "../../daemon/main.ts";
import { verify } from "../../verifier/verify.ts";
import { numbers } from "../support/circuits.ts";
import { fetchFresh, settlements, untilState } from "./support/daemon-client.ts";
import { FEE_WEI, PROVER, startMarket, type TestMarket } from "./support/market.ts";
import { until } from "./support/until.ts";

const TOKEN = "a token";
let market: TestMarket;
let daemon: RunningDaemon;

beforeAll(async () => {
  market = await startMarket();
  const apiTokenFile = join(await market.folder(), "token");
  await writeFile(apiTokenFile, `${TOKEN}\n`);
  const config = await market.config({ apiTokenFile });
  daemon = await startDaemon(config, { signer: market.chain.account(PROVER) });
  await daemon.ready;
});
afterAll(async () => {
  await daemon?.stop();
  await market?.close();
});

const get = async (path: string) => {
  const response = await fetchFresh(`${daemon.url}${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const post = async (body: unknown, token = TOKEN) => {
  const response = await fetchFresh(`${daemon.url}/proofs`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as { id: string; error?: { name: string } } };
};

describe("a request", () => {
  test("is proved, settled, paid and shown with its history", async () => {
    const { requestId } = await market.request(1);
    const { history } = await untilState(daemon.url, requestId, "confirmed");
    expect(await settlements(market, requestId)).toBe(1);
    expect(await market.balanceOf(PROVER)).toBe(FEE_WEI);
    const states = ["seen", "accepted", "proving", "proved", "submitting", "submitted", "confirmed"];
    expect(history.map(({ to }) => to)).toEqual(states);
    const { body } = await get("/requests?state=confirmed");
    expect(body).toMatchObject({ requests: [{ requestId, paid: FEE_WEI.toString() }] });
  });

  test("nobody knows is not found; a bad query is refused", async () => {
    expect((await get(`/requests/0x${"00".repeat(32)}`)).status).toBe(404);
    expect((await get("/requests?state=lost")).body).toMatchObject({ error: { name: "BadQuery" } });
  });
});

describe("health", () => {
  test("is good, and the metrics say so", async () => {
    expect((await get("/health")).status).toBe(200);
    let ready: Awaited<ReturnType<typeof get>> | undefined;
    await until("ready", async () => {
      ready = await get("/ready");
      return ready.status === 200;
    });
    expect(ready?.body).toEqual({ ready: true, reasons: [] });
    expect((await get("/status")).body).toMatchObject({ chainId: 31337, mode: "normal", breakerOpen: false });
    // The watcher confirms the request; the sender counts its transaction a moment later.
    const metrics = async () => (await fetchFresh(`${daemon.url}/metrics`)).text();
    await until("counted", async () =>
      /^gavel_transactions_total\{outcome="mined",purpose="settle"\} 1$/m.test(await metrics()),
    );
    expect(await metrics()).toMatch(/^gavel_requests\{state="confirmed"\} 1$/m);
  });
});

describe("money", () => {
  test("is what the market paid, and the gas of our transaction", async () => {
    const ledger = async () => ledgerSchema.parse((await get("/ledger")).body);
    await until("the gas is known", async () => (await ledger()).total.gasPaidWei !== "0");
    const { days, total } = await ledger();
    const { effectiveGasPrice, gasUsed } = await settlementReceipt();
    const sums = { settled: 1, earnedWei: String(FEE_WEI), gasPaidWei: String(effectiveGasPrice * gasUsed) };
    expect(total).toMatchObject(sums);
    // Settlement and gas are of two days when midnight lies between them.
    const today = Date.parse(new Date().toISOString().slice(0, 10));
    expect(days.every(({ day }) => today - Date.parse(day) <= 86_400_000 && Date.parse(day) <= today)).toBe(true);
    expect(days.reduce((sum, { settled }) => sum + settled, 0)).toBe(1);
    expect(days.reduce((sum, { gasPaidWei }) => sum + BigInt(gasPaidWei), 0n)).toBe(effectiveGasPrice * gasUsed);
    expect((await get("/ledger?days=0")).status).toBe(400);
  });

  async function settlementReceipt() {
    const { publicClient } = market.chain;
    const [log] = await publicClient.getContractEvents({
      address: market.market,
      abi: requestMarketAbi,
      eventName: "RequestSettled",
      fromBlock: 0n,
    });
    return publicClient.getTransactionReceipt({ hash: log!.transactionHash });
  }
});

describe("a proof asked for directly", () => {
  const random = numbers(77);
  const integers = Array.from({ length: 25 }, () => random(0, 50));

  test("is made, and holds", async () => {
    const stream = await fetchFresh(`${daemon.url}/events`);
    const phases = readPhases(stream);
    const { status, body } = await post({ model: "mixed", input: [integers] });
    expect(status).toBe(202);
    await until("proved", async () => (await get(`/proofs/${body.id}`)).body["state"] === "proved");
    const job = (await get(`/proofs/${body.id}`)).body as Record<string, `0x${string}`>;
    const { verifyingKey } = await loadArtifact(market.artifact);
    const [input, output, context] = [
      hexToBytes(job["input"]!),
      hexToBytes(job["output"]!),
      hexToBytes(job["context"]!),
    ];
    expect([...input]).toEqual(integers);
    verify(verifyingKey, { input, output, context }, hexToBytes(job["proof"]!));
    expect((await phases).slice(-3)).toEqual(["lookup", "sumcheck", "opening"]);
  });

  test.each([
    ["an unknown model", { model: "nobody", input: "0x" }, 404, "UnknownModel"],
    ["a short input", { model: "mixed", input: "0x00" }, 400, "InputInvalid"],
    ["integers out of range", { model: "mixed", input: [integers.map(() => 1000)] }, 400, "InputInvalid"],
    ["a field nobody knows", { model: "mixed", input: "0x", more: 1 }, 400, "BadBody"],
  ])("with %s is refused", async (_what, body, status, name) => {
    const answer = await post(body);
    expect([answer.status, answer.body.error?.name]).toEqual([status, name]);
  });

  test("without the token is refused", async () => {
    expect((await post({ model: "mixed", input: "0x" }, "another")).status).toBe(401);
  });
});

describe("the OpenAPI document", () => {
  test("is served, and is the one in docs", async () => {
    const served = await (await fetchFresh(`${daemon.url}/openapi.json`)).json();
    const file = await readFile(new URL("../../docs/daemon-api.gen.json", import.meta.url), "utf8");
    const { generated: _header, ...written } = JSON.parse(file);
    expect(served).toEqual(written);
  });

  test("names the routes that docs/daemon.md names", async () => {
    const text = await readFile(new URL("../../docs/daemon.md", import.meta.url), "utf8");
    const { paths } = (await (await fetchFresh(`${daemon.url}/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    const routes = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.length).toBeGreaterThan(8);
    expect(routes.filter((route) => !text.includes(`\`${route}`))).toEqual([]);
  });

  test.each([
    ["/health", healthSchema],
    ["/ready", readinessSchema],
    ["/status", statusSchema],
    ["/requests", requestsSchema],
    ["/models", modelsSchema],
    ["/ledger", ledgerSchema],
    ["/requests/nothing", faultSchema],
  ])("tells what %s answers", async (path, schema) => {
    const { error } = z.strictObject(schema.shape as z.ZodRawShape).safeParse((await get(path)).body);
    expect(error).toBeUndefined();
  });

  test("tells what one request answers", async () => {
    const { requests } = requestsSchema.parse((await get("/requests")).body);
    const { body } = await get(`/requests/${requests[0]!.requestId}`);
    expect(z.strictObject(requestWithHistorySchema.shape).safeParse(body).error).toBeUndefined();
  });
});

/** The phases of the first proof on the stream, up to the last. */
async function readPhases(stream: Response): Promise<string[]> {
  const phases: string[] = [];
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream.body!) {
    text += decoder.decode(chunk, { stream: true });
    // What follows the last line break may go on in the next chunk.
    const lines = text.split("\n");
    text = lines.pop()!;
    phases.push(...lines.flatMap((line) => /"phase":"(\w+)"/.exec(line)?.slice(1) ?? []));
    if (phases.at(-1) === "opening") return phases;
  }
  return phases;
}
