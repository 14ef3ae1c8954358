import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { getRequest, listRequests, type RequestRow, readHistory } from "../../store/requests.ts";
import { STATES } from "../../store/states.ts";
import { fault, faultAnswer, json } from "../answers.ts";
import type { RouteOptions } from "../route-options.ts";
import { modelsSchema, requestsSchema, requestWithHistorySchema, type ShownRequest } from "../schemas.ts";

const MAX_PAGE = 500;

const list = createRoute({
  method: "get",
  path: "/requests",
  summary: "requests, newest index first",
  request: {
    query: z.object({
      state: z.enum(STATES).optional(),
      limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50),
      before: z.coerce.number().int().min(0).optional().describe("only indices below this one"),
    }),
  },
  responses: { 200: json(requestsSchema, "one page"), 400: faultAnswer("the query is not valid") },
});
const one = createRoute({
  method: "get",
  path: "/requests/{id}",
  summary: "one request with its history",
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: json(requestWithHistorySchema, "the request"),
    404: faultAnswer("the daemon has not seen this request"),
  },
});
const models = createRoute({
  method: "get",
  path: "/models",
  summary: "models this daemon proves",
  responses: { 200: json(modelsSchema, "the models") },
});

export function addRequestRoutes(app: OpenAPIHono, options: RouteOptions): void {
  const { store, proofs } = options;
  app.openapi(list, async (c) => {
    const { state, limit, before } = c.req.valid("query");
    const rows = await listRequests(
      store,
      "($1::text is null or state = $1) and ($2::bigint is null or idx < $2) order by idx desc limit $3",
      [state ?? null, before ?? null, limit],
    );
    return c.json({ requests: rows.map(shownRequest) }, 200);
  });
  app.openapi(one, async (c) => {
    const row = await getRequest(store, c.req.valid("param").id.toLowerCase());
    if (row === undefined) return fault(c, 404, "UnknownRequest", "the daemon has not seen this request");
    const history = await readHistory(store, row.requestId);
    const stored = row.proofKey === null ? undefined : await proofs.read(row.proofKey);
    const steps = history.map(({ at, from_state: from, to_state: to, code, detail }) => {
      return { at: at.toISOString() as string, from, to, code, detail };
    });
    return c.json(
      { ...shownRequest(row), input: row.input, proofBytes: stored?.proof.length ?? null, history: steps },
      200,
    );
  });
  app.openapi(models, (c) => {
    const shown = options.models.supported.map(({ name, vkDigest, inputBytes, outputBytes, inputs }) => {
      return { name, vkDigest, inputBytes, outputBytes, inputs: inputs.map((t) => ({ ...t, shape: [...t.shape] })) };
    });
    return c.json({ models: shown }, 200);
  });
}

function shownRequest(row: RequestRow): ShownRequest {
  const { fee, extraFee, paid, createdAt, updatedAt, options, ...rest } = row;
  const { input: _input, leaseEpoch: _, leaseHolder: __, lockWanted: ___, ...plain } = rest;
  return {
    ...plain,
    options: options && {
      ...options,
      startFee: options.startFee.toString(),
      endFee: options.endFee.toString(),
      collateral: options.collateral.toString(),
    },
    fee: fee.toString(),
    extraFee: extraFee.toString(),
    paid: paid?.toString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
