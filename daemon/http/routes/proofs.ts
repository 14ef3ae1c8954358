import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { bytesToHex } from "viem";
import type { SupportedModel } from "../../jobs/models.ts";
import { getProofJob, insertProofJob } from "../../store/proof-jobs.ts";
import { fault, faultAnswer, isAuthorized, json } from "../answers.ts";
import type { RouteOptions } from "../route-options.ts";
import { proofAcceptedSchema, proofBodySchema, proofSchema } from "../schemas.ts";

/** A larger body than any model's input in hex. */
const MAX_BODY_BYTES = 16 * 2 ** 20;

const submit = createRoute({
  method: "post",
  path: "/proofs",
  summary: "ask for a proof without a market",
  security: [{ token: [] }],
  request: { body: { required: true, content: { "application/json": { schema: proofBodySchema } } } },
  responses: {
    202: json(proofAcceptedSchema, "queued; GET /proofs/{id} says how far it is"),
    400: faultAnswer("the body is not valid for this model"),
    401: faultAnswer("the token is missing or wrong"),
    404: faultAnswer("no such model"),
    413: faultAnswer("the body is too large"),
    415: faultAnswer("the body is not JSON"),
  },
});
const read = createRoute({
  method: "get",
  path: "/proofs/{id}",
  summary: "state of a proof; when proved, the proof and the output",
  request: { params: z.object({ id: z.string() }) },
  responses: { 200: json(proofSchema, "the proof"), 404: faultAnswer("no such proof") },
});

export function addProofRoutes(app: OpenAPIHono, { store, models, proofs, apiToken }: RouteOptions): void {
  // Before the body is read.
  app.use("/proofs", async (c, next) => {
    if (c.req.method === "POST") {
      if (!isAuthorized(c, apiToken)) return fault(c, 401, "Unauthorized", "send `authorization: Bearer <token>`");
      if (Number(c.req.header("content-length") ?? Number.POSITIVE_INFINITY) > MAX_BODY_BYTES)
        return fault(c, 413, "BodyTooLarge", `at most ${MAX_BODY_BYTES} bytes, with content-length`);
    }
    return next();
  });
  app.openapi(submit, async (c) => {
    const body = c.req.valid("json");
    const model = models.find(body.model);
    if (model === undefined) return fault(c, 404, "UnknownModel", "GET /models lists the models of this daemon");
    const input = packInput(model, body.input);
    if (typeof input !== "string") return fault(c, 400, "InputInvalid", input.reason);
    const id = await store.transaction(async (tx) => {
      const context = body.context as `0x${string}`;
      const job = await insertProofJob(tx, { model: model.vkDigest, input, context });
      await tx.enqueue("prove", { kind: "direct", id: job });
      return job;
    });
    return c.json({ id, state: "queued" as const }, 202);
  });
  app.openapi(read, async (c) => {
    const job = await getProofJob(store, c.req.valid("param").id);
    if (job === undefined) return fault(c, 404, "UnknownProof", "no such proof");
    const { proofKey, createdAt, ...shown } = job;
    const stored = proofKey === null ? undefined : await proofs.read(proofKey);
    const made = stored === undefined ? {} : { proof: bytesToHex(stored.proof), output: bytesToHex(stored.output) };
    return c.json({ ...shown, createdAt: createdAt.toISOString(), ...made }, 200);
  });
}

function packInput(model: SupportedModel, input: string | number[][]): `0x${string}` | { reason: string } {
  const packed = typeof input === "string" ? (input as `0x${string}`) : model.pack(input);
  if (typeof packed !== "string") return packed;
  const length = packed.length / 2 - 1;
  return length === model.inputBytes ? packed : { reason: `expected ${model.inputBytes} bytes, got ${length}` };
}
