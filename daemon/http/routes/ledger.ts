import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { readLedger } from "../../store/ledger.ts";
import { faultAnswer, json } from "../answers.ts";
import type { RouteOptions } from "../route-options.ts";
import { ledgerSchema } from "../schemas.ts";

const ledger = createRoute({
  method: "get",
  path: "/ledger",
  summary: "money in and out, by day",
  request: { query: z.object({ days: z.coerce.number().int().min(1).max(3650).default(30) }) },
  responses: { 200: json(ledgerSchema, "the last days and their sum"), 400: faultAnswer("the query is not valid") },
});

export function addLedgerRoutes(app: OpenAPIHono, { store }: RouteOptions): void {
  app.openapi(ledger, async (c) => c.json(await readLedger(store, c.req.valid("query").days), 200));
}
