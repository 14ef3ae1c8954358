/** The HTTP interface: health, metrics, requests, direct proofs, money, events, and its own description. docs/daemon.md lists it. */
import { OpenAPIHono, z } from "@hono/zod-openapi";
import { fault } from "./answers.ts";
import { addDashboard } from "./dashboard.ts";
import type { RouteOptions } from "./route-options.ts";
import { addEventRoutes } from "./routes/events.ts";
import { addHealthRoutes } from "./routes/health.ts";
import { addLedgerRoutes } from "./routes/ledger.ts";
import { addProofRoutes } from "./routes/proofs.ts";
import { addRequestRoutes } from "./routes/requests.ts";

export const API_INFO = {
  openapi: "3.1.0",
  info: {
    title: "Gavel daemon",
    version: "1",
    description: "Health, requests of the market, proofs without a market, money and events of one proving daemon.",
  },
};

export function createRoutes(options: RouteOptions): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => {
      if (result.success) return;
      const name = result.target === "json" ? "BadBody" : "BadQuery";
      return fault(c, 400, name, z.prettifyError(result.error));
    },
  });
  app.onError((error, c) =>
    "status" in error && (error.status === 400 || error.status === 415)
      ? fault(c, error.status, "BadBody", "expected a JSON body with content-type: application/json")
      : fault(c, 500, error.name, error.message),
  );
  app.notFound((c) => fault(c, 404, "NotFound", "no such resource; GET /openapi.json lists them"));
  app.openAPIRegistry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });

  addHealthRoutes(app, options);
  addRequestRoutes(app, options);
  addProofRoutes(app, options);
  addLedgerRoutes(app, options);
  addEventRoutes(app, options);
  app.doc31("/openapi.json", API_INFO);
  if (options.dashboard !== undefined) addDashboard(app, options.dashboard);
  return app;
}
