/** The stream of events, read and not read. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { beforeEach, expect, test } from "vitest";
import { createEventBus, type EventBus } from "../../daemon/events.ts";
import type { RouteOptions } from "../../daemon/http/route-options.ts";
import { addEventRoutes, KEEP_ALIVE_MS } from "../../daemon/http/routes/events.ts";
import { until } from "./support/until.ts";

let bus: EventBus;
let listeners: number;
/** Let fifteen seconds pass; none is running when no client is connected. */
let beats: Set<() => void>;
let app: OpenAPIHono;

beforeEach(() => {
  const inner = createEventBus();
  listeners = 0;
  bus = {
    publish: inner.publish,
    subscribe: (listener) => {
      const end = inner.subscribe(listener);
      listeners++;
      return () => {
        listeners--;
        end();
      };
    },
  };
  app = new OpenAPIHono();
  beats = new Set();
  const clock: RouteOptions["clock"] = {
    setInterval: (run, ms) => {
      expect(ms).toBe(KEEP_ALIVE_MS);
      beats.add(run);
      return run;
    },
    clearInterval: (run) => void beats.delete(run as () => void),
  };
  // The only parts that this route uses.
  addEventRoutes(app, { events: bus, clock } as RouteOptions);
});

async function open(): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const { body } = await app.request("/events");
  await until("it listens", () => listeners === 1);
  return body!.getReader();
}

async function textUntil(reader: ReadableStreamDefaultReader<Uint8Array>, part: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes(part)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the stream ended: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
  return text;
}

test("a client that reads gets every event in order, however many", async () => {
  const reader = await open();
  for (let depth = 1; depth <= 3000; depth++) {
    bus.publish({ type: "reorg", depth });
    if (depth % 500 === 0) await textUntil(reader, `"depth":${depth}}`);
  }
  expect(listeners).toBe(1);
  await reader.cancel();
  await until("nobody listens", () => listeners === 0);
});

test("a client that does not read is cut off, and costs nothing from then on", async () => {
  const reader = await open();
  for (let depth = 1; depth <= 2000; depth++) bus.publish({ type: "reorg", depth });
  await until("nobody listens", () => listeners === 0);
  bus.publish({ type: "reorg", depth: 3000 });
  const rest = async (): Promise<string> => {
    try {
      return await textUntil(reader, '"depth":3000}');
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(await rest()).not.toContain('"depth":3000}');
});

test("a silent stream shows that it lives, before a proxy takes it for dead", async () => {
  expect(KEEP_ALIVE_MS).toBeLessThan(60_000);
  const reader = await open();
  const signs = textUntil(reader, ": keep-alive\n\n");
  let read = false;
  void signs.then(() => {
    read = true;
  });
  await until("a sign of life is read", () => {
    for (const beat of beats) beat();
    return read;
  });
  expect(await signs).toMatch(/^event: open\ndata: {}\n\n(: keep-alive\n\n)+$/);
  await reader.cancel();
  await until("no timer is left", () => beats.size === 0);
});

test("signs of life do not pile up for a client that does not read", async () => {
  const reader = await open();
  for (let i = 0; i < 2000; i++) for (const beat of beats) beat();
  expect(listeners).toBe(1);
  bus.publish({ type: "reorg", depth: 1 });
  const text = await textUntil(reader, '"depth":1}');
  expect(text.split("keep-alive").length - 1).toBeLessThan(10);
  await reader.cancel();
});
