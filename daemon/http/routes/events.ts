import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { streamSSE } from "hono/streaming";
import type { RouteOptions } from "../route-options.ts";

/** Events that a client has not taken yet. One that falls further behind is cut off: a browser opens the stream again by itself. */
const MAX_BACKLOG = 1000;

/** Proxies cut streams that are silent for a minute. */
export const KEEP_ALIVE_MS = 15_000;

const events = createRoute({
  method: "get",
  path: "/events",
  summary: "server-sent events: open, state, phase, reorg",
  responses: {
    200: {
      content: { "text/event-stream": { schema: z.string() } },
      description: "a stream that ends only for a client that does not read it, with a comment every 15 seconds",
    },
  },
});

export function addEventRoutes(app: OpenAPIHono, options: RouteOptions): void {
  app.openapi(events, (c) =>
    streamSSE(c, async (stream) => {
      let backlog = 0;
      const waitFor = async (written: Promise<unknown>): Promise<void> => {
        backlog++;
        await written;
        backlog--;
      };
      const write = (message: { id?: string; event: string; data: string }): Promise<void> =>
        waitFor(stream.writeSSE(message));
      await new Promise<void>((resolve) => {
        const end = options.events.subscribe((event, id) => {
          if (backlog >= MAX_BACKLOG) stream.abort();
          else void write({ id: String(id), event: event.type, data: JSON.stringify(event) });
        });
        const beat = options.clock.setInterval(() => {
          // Whoever has something left to read needs no sign of life.
          if (backlog === 0) void waitFor(stream.write(": keep-alive\n\n"));
        }, KEEP_ALIVE_MS);
        stream.onAbort(() => {
          options.clock.clearInterval(beat);
          end();
          resolve();
        });
        // Shows the client that the stream is open.
        void write({ event: "open", data: "{}" });
      });
    }),
  );
}
