import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { json } from "../answers.ts";
import type { RouteOptions } from "../route-options.ts";
import { healthSchema, readinessSchema, statusSchema } from "../schemas.ts";

const health = createRoute({
  method: "get",
  path: "/health",
  summary: "answers while the process works",
  responses: { 200: json(healthSchema, "the process works") },
});
const ready = createRoute({
  method: "get",
  path: "/ready",
  summary: "whether the daemon is caught up, connected and taking work",
  responses: { 200: json(readinessSchema, "it is"), 503: json(readinessSchema, "it is not, and why") },
});
const status = createRoute({
  method: "get",
  path: "/status",
  summary: "chain position, requests by state, jobs, services, endpoints",
  responses: { 200: json(statusSchema, "the daemon's own view") },
});
const metrics = createRoute({
  method: "get",
  path: "/metrics",
  summary: "figures for Prometheus",
  responses: { 200: { content: { "text/plain": { schema: z.string() } }, description: "Prometheus text format" } },
});

export function addHealthRoutes(app: OpenAPIHono, options: RouteOptions): void {
  app.openapi(health, async (c) => {
    const { services } = await options.status();
    return c.json({ ok: true as const, services: { ...services } }, 200);
  });
  app.openapi(ready, async (c) => {
    const now = await options.status();
    const body = { ready: now.ready, reasons: [...now.notReady] };
    return now.ready ? c.json(body, 200) : c.json(body, 503);
  });
  app.openapi(status, async (c) => {
    const now = await options.status();
    return c.json({ ...now, notReady: [...now.notReady], endpoints: [...now.endpoints] }, 200);
  });
  app.openapi(metrics, async (c) => {
    await options.refreshMetrics();
    const { registry } = options.metrics;
    return c.text(await registry.metrics(), 200, { "content-type": registry.contentType });
  });
}
