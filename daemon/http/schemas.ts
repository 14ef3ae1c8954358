/** What the HTTP interface speaks, as schemas: requests are checked by them, the OpenAPI document and the dashboard's types follow. */
import { z } from "@hono/zod-openapi";
import { ROLES } from "../options.ts";
import { STATES } from "../store/states.ts";

const hex = z.string().regex(/^0x([0-9a-fA-F]{2})*$/);
const wei = z
  .string()
  .regex(/^[0-9]+$/)
  .describe("wei, in decimal");
const time = z.iso.datetime();

export const faultSchema = z.object({ error: z.object({ name: z.string(), message: z.string() }) }).openapi("Fault");

export const healthSchema = z
  .object({
    ok: z.literal(true),
    services: z.record(z.string(), z.object({ failures: z.int().describe("in a row") })),
  })
  .openapi("Health");

export const readinessSchema = z
  .object({ ready: z.boolean(), reasons: z.array(z.string()).describe("why not") })
  .openapi("Readiness");

export const statusSchema = z
  .object({
    ready: z.boolean(),
    notReady: z.array(z.string()),
    chainId: z.int(),
    market: hex,
    sender: hex.nullable(),
    prover: hex.nullable(),
    mode: z.enum(["normal", "dry-run", "watch-only"]),
    roles: z.array(z.enum(ROLES)).describe("what this process does"),
    head: z.int().describe("newest block of the chain"),
    cursor: z.int().describe("last block read"),
    headAgeMs: z.number().describe("time since an endpoint last answered"),
    deepReorg: z.boolean(),
    breakerOpen: z.boolean().describe("no new work is taken"),
    requests: z.partialRecord(z.enum(STATES), z.int()),
    jobs: z.record(z.string(), z.number()).describe("waiting, by queue"),
    services: z.record(z.string(), z.object({ failures: z.int() })),
    endpoints: z.array(z.object({ endpoint: z.string(), healthy: z.boolean(), failures: z.int() })),
  })
  .openapi("Status");

export const requestSchema = z
  .object({
    requestId: hex,
    index: z.int().describe("the market's counter"),
    modelId: hex,
    requester: hex,
    refundee: hex,
    callback: hex,
    callbackGasLimit: z.int(),
    deadline: z.int().describe("seconds since 1970"),
    fee: wei,
    extraFee: wei.describe("added to the fee since, in wei"),
    cancelAt: z.int().nullable().describe("when a cancellation ends the request, in seconds since 1970"),
    inputHash: hex,
    inputUri: z.string().describe("where an input known by its hash may be found"),
    optionsHash: hex,
    options: z
      .object({
        token: hex.describe("zero for ETH"),
        startFee: z.string().describe("in the token's smallest units, in decimal"),
        endFee: z.string(),
        priceFrom: z.int().describe("seconds since 1970"),
        priceUntil: z.int(),
        provers: hex,
        collateral: z.string(),
        lockSeconds: z.int(),
      })
      .nullable()
      .describe("null for a request without options"),
    lockProver: hex.nullable(),
    lockExpires: z.int().nullable().describe("seconds since 1970"),
    blockNumber: z.int(),
    blockHash: hex,
    state: z.enum(STATES),
    code: z.string().nullable().describe("why it is in this state"),
    detail: z.string().nullable(),
    attempts: z.int(),
    proofKey: z.string().nullable(),
    proveMs: z.number().nullable(),
    settledBlock: z.int().nullable(),
    settledBy: hex.nullable(),
    paid: wei.nullable(),
    callbackOk: z.boolean().nullable(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi("Request");

export const requestsSchema = z.object({ requests: z.array(requestSchema) }).openapi("Requests");

export const requestWithHistorySchema = requestSchema
  .extend({
    input: hex,
    proofBytes: z.int().nullable(),
    history: z.array(
      z.object({
        at: time,
        from: z.enum(STATES).nullable(),
        to: z.enum(STATES),
        code: z.string().nullable(),
        detail: z.string().nullable(),
      }),
    ),
  })
  .openapi("RequestWithHistory");

export const modelsSchema = z
  .object({
    models: z.array(
      z.object({
        name: z.string(),
        vkDigest: hex,
        inputBytes: z.int(),
        outputBytes: z.int(),
        inputs: z.array(
          z.object({ name: z.string(), shape: z.array(z.int()), elementBytes: z.int(), signed: z.boolean() }),
        ),
      }),
    ),
  })
  .openapi("Models");

export const proofBodySchema = z
  .strictObject({
    model: z.string().min(1).describe("name, model id or verifying key digest"),
    input: z.union([hex, z.array(z.array(z.int()))]).describe("packed bytes, or integers by tensor"),
    context: z
      .string()
      .regex(/^0x[0-9a-fA-F]{64}$/)
      .default(`0x${"00".repeat(32)}`),
  })
  .openapi("ProofBody");

const proofState = z.enum(["queued", "proving", "proved", "failed"]);

export const proofAcceptedSchema = z.object({ id: z.string(), state: proofState }).openapi("ProofAccepted");

export const proofSchema = z
  .object({
    id: z.string(),
    model: hex,
    input: hex,
    context: hex,
    state: proofState,
    detail: z.string().nullable(),
    proveMs: z.number().nullable(),
    createdAt: time,
    proof: hex.optional(),
    output: hex.optional(),
  })
  .openapi("Proof");

export const daySchema = z
  .object({
    day: z.iso.date().describe("UTC"),
    settled: z.int().describe("requests this daemon was paid for"),
    earnedWei: wei,
    gasPaidWei: wei.describe("wei, by transactions of this daemon, failed ones included"),
    proveMs: z.number(),
  })
  .openapi("Day");

export const ledgerSchema = z
  .object({
    days: z.array(daySchema).describe("newest first, days without events left out"),
    tokens: z
      .array(z.object({ token: hex, earned: z.string().describe("smallest units, in decimal"), settled: z.int() }))
      .describe("what was paid in tokens"),
    total: daySchema.omit({ day: true }),
  })
  .openapi("Ledger");

export type Status = z.infer<typeof statusSchema>;
export type ShownRequest = z.infer<typeof requestSchema>;
export type RequestWithHistory = z.infer<typeof requestWithHistorySchema>;
export type Ledger = z.infer<typeof ledgerSchema>;
export type Day = z.infer<typeof daySchema>;
