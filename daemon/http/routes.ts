/** The HTTP interface: health, metrics, requests, direct proofs, events. docs/daemon.md describes it. */
import { timingSafeEqual } from "node:crypto";
import { type Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { bytesToHex } from "viem";
import { z } from "zod";
import type { EventBus } from "../events.ts";
import type { Models, SupportedModel } from "../jobs/models.ts";
import type { Metrics } from "../metrics.ts";
import type { DaemonStatus } from "../status.ts";
import type { ProofFiles } from "../store/proof-files.ts";
import { getProofJob, insertProofJob } from "../store/proof-jobs.ts";
import { getRequest, listRequests, type RequestRow, readHistory } from "../store/requests.ts";
import { STATES } from "../store/states.ts";
import type { Store } from "../store/store.ts";

export interface RouteOptions {
  readonly store: Store;
  readonly models: Models;
  readonly proofs: ProofFiles;
  readonly metrics: Metrics;
  readonly events: EventBus;
  readonly status: () => Promise<DaemonStatus>;
  /** Brings gauges up to date before they are read. */
  readonly refreshMetrics: () => Promise<void>;
  readonly apiToken: string | undefined;
}

const MAX_PAGE = 500;
/** A larger body than any model's input in hex. */
const MAX_BODY_BYTES = 16 * 2 ** 20;

const proofBody = z.strictObject({
  model: z.string().min(1),
  input: z.union([z.string().regex(/^0x([0-9a-fA-F]{2})*$/), z.array(z.array(z.number().int()))]),
  context: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/)
    .default(`0x${"00".repeat(32)}`),
});

const requestsQuery = z.object({
  state: z.enum(STATES).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50),
  before: z.coerce.number().int().min(0).optional(),
});

export function createRoutes(options: RouteOptions): Hono {
  const { store, models, proofs, metrics, events, status } = options;
  const app = new Hono();

  app.onError((error, c) => c.json({ error: { name: error.name, message: error.message } }, 500));
  app.notFound((c) => fault(c, 404, "NotFound", "no such resource"));

  app.get("/health", async (c) => {
    const { services } = await status();
    return c.json({ ok: true, services });
  });
  app.get("/ready", async (c) => {
    const now = await status();
    return c.json({ ready: now.ready, reasons: now.notReady }, now.ready ? 200 : 503);
  });
  app.get("/status", async (c) => c.json(await status()));
  app.get("/metrics", async (c) => {
    await options.refreshMetrics();
    return c.text(await metrics.registry.metrics(), 200, { "content-type": metrics.registry.contentType });
  });

  app.get("/requests", async (c) => {
    const query = requestsQuery.safeParse(c.req.query());
    if (!query.success) return fault(c, 400, "BadQuery", z.prettifyError(query.error));
    const { state, limit, before } = query.data;
    const rows = await listRequests(
      store,
      "($1::text is null or state = $1) and ($2::bigint is null or idx < $2) order by idx desc limit $3",
      [state ?? null, before ?? null, limit],
    );
    return c.json({ requests: rows.map(publicRequest) });
  });
  app.get("/requests/:id", async (c) => {
    const row = await getRequest(store, c.req.param("id").toLowerCase());
    if (row === undefined) return fault(c, 404, "UnknownRequest", "the daemon has not seen this request");
    const history = await readHistory(store, row.requestId);
    const stored = row.proofKey === null ? undefined : await proofs.read(row.proofKey);
    return c.json({
      ...publicRequest(row),
      input: row.input,
      proofBytes: stored?.proof.length ?? null,
      history: history.map(({ at, from_state, to_state, code, detail }) => ({
        at,
        from: from_state,
        to: to_state,
        code,
        detail,
      })),
    });
  });

  app.get("/models", (c) => c.json({ models: models.supported.map(({ artifact: _folder, ...model }) => model) }));

  app.post("/proofs", async (c) => {
    if (!isAuthorized(c, options.apiToken))
      return fault(c, 401, "Unauthorized", "send `authorization: Bearer <token>`");
    if (Number(c.req.header("content-length") ?? Number.POSITIVE_INFINITY) > MAX_BODY_BYTES) {
      return fault(c, 413, "BodyTooLarge", `at most ${MAX_BODY_BYTES} bytes, with content-length`);
    }
    const body = proofBody.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return fault(c, 400, "BadBody", z.prettifyError(body.error));
    const model = models.find(body.data.model);
    if (model === undefined) return fault(c, 404, "UnknownModel", "GET /models lists the models of this daemon");
    const input = packInput(model, body.data.input);
    if (typeof input !== "string") return fault(c, 400, "InputInvalid", input.reason);
    const id = await store.transaction(async (tx) => {
      const job = await insertProofJob(tx, {
        model: model.vkDigest,
        input,
        context: body.data.context as `0x${string}`,
      });
      await tx.enqueue("prove", { kind: "direct", id: job });
      return job;
    });
    return c.json({ id, state: "queued" }, 202);
  });
  app.get("/proofs/:id", async (c) => {
    const job = await getProofJob(store, c.req.param("id"));
    if (job === undefined) return fault(c, 404, "UnknownProof", "no such proof");
    const { proofKey, ...shown } = job;
    const stored = proofKey === null ? undefined : await proofs.read(proofKey);
    const proof = stored === undefined ? {} : { proof: bytesToHex(stored.proof), output: bytesToHex(stored.output) };
    return c.json({ ...shown, ...proof });
  });

  app.get("/events", (c) =>
    streamSSE(c, async (stream) => {
      await new Promise<void>((resolve) => {
        const end = events.subscribe((event, id) => {
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
  return app;
}

function fault(c: Context, status: 400 | 401 | 404 | 413, name: string, message: string): Response {
  return c.json({ error: { name, message } }, status);
}

function isAuthorized(c: Context, token: string | undefined): boolean {
  if (token === undefined) return true;
  const given = Buffer.from(c.req.header("authorization") ?? "");
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function packInput(model: SupportedModel, input: string | number[][]): `0x${string}` | { reason: string } {
  const packed = typeof input === "string" ? (input as `0x${string}`) : model.pack(input);
  if (typeof packed !== "string") return packed;
  const length = packed.length / 2 - 1;
  return length === model.inputBytes ? packed : { reason: `expected ${model.inputBytes} bytes, got ${length}` };
}

function publicRequest(row: RequestRow) {
  const { fee, extraFee, paid, input: _input, leaseEpoch: _epoch, leaseHolder: _holder, ...plain } = row;
  return { ...plain, fee: fee.toString(), extraFee: extraFee.toString(), paid: paid?.toString() ?? null };
}
