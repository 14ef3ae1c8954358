import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { streamSSE } from "hono/streaming";
import type { RouteOptions } from "../route-options.ts";

const events = createRoute({
  method: "get",
  path: "/events",
  summary: "server-sent events: open, state, phase, reorg",
  responses: {
    200: { content: { "text/event-stream": { schema: z.string() } }, description: "a stream that does not end" },
  },
});

export function addEventRoutes(app: OpenAPIHono, options: RouteOptions): void {
  app.openapi(events, (c) =>
    streamSSE(c, async (stream) => {
      await new Promise<void>((resolve) => {
        const end = options.events.subscribe((event, id) => {
          void stream.writeSSE({ id: String(id), event: event.type, data: JSON.stringify(event) });
        });
        stream.onAbort(() => {
          end();
          resolve();
        });
        // Shows the client that the stream is open.
        void stream.writeSSE({ event: "open", data: "{}" });
      });
    }),
  );
}
