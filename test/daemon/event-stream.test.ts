/** The stream of events, read and not read. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { beforeEach, expect, test } from "vitest";
import { createEventBus, type EventBus } from "../../daemon/events.ts";
import type { RouteOptions } from "../../daemon/http/route-options.ts";
import { addEventRoutes } from "../../daemon/http/routes/events.ts";
import { until } from "./support/until.ts";

let bus: EventBus;
let listeners: number;
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
  // The only part that this route uses.
  addEventRoutes(app, { events: bus } as RouteOptions);
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
