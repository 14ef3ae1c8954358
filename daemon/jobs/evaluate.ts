/** Decides about one request: taken, or skipped with a reason. */
import { currentFees } from "../chain/fees.ts";
import { statusOf } from "../chain/market.ts";
import type { Rpc } from "../chain/rpc.ts";
import type { DaemonConfig } from "../options.ts";
import { getRequest, type Hex } from "../store/requests.ts";
import type { Store } from "../store/store.ts";
import type { Breaker } from "./breaker.ts";
import type { Models } from "./models.ts";
import { refusalOf } from "./policy.ts";

export interface EvaluatorOptions {
  readonly store: Store;
  readonly rpc: Rpc;
  readonly models: Models;
  readonly breaker: Breaker;
  readonly config: DaemonConfig;
  /** Seconds since 1970 by the chain's clock. */
  readonly chainTime: () => number;
}

/** Before the request is looked at again while no new work is taken. */
const BREAKER_DELAY_SECONDS = 10;

export async function evaluate(requestId: string, options: EvaluatorOptions): Promise<void> {
  const { store, rpc, models, breaker, config } = options;
  const request = await getRequest(store, requestId);
  if (request?.state !== "seen") return;
  const job = { kind: "request", id: requestId } as const;
  if (breaker.isOpen()) {
    await store.transaction((tx) =>
      tx.enqueue("evaluate", job, { deadline: request.deadline, delaySeconds: BREAKER_DELAY_SECONDS }),
    );
    return;
  }
  // Anything but Open has an event that the watcher will read.
  if ((await statusOf(rpc.client, config.market, requestId as Hex)) !== "Open") return;
  const { registered, model } = await models.resolve(rpc.client, request.modelId);
  const { gasPriceWei } = await currentFees(rpc.client, config.maxFeePerGasWei);
  const expectedProveMs = await expectedMs(store, request.modelId);
  const facts = { registered, model, chainTime: options.chainTime(), gasPriceWei, expectedProveMs };
  const refusal = refusalOf(request, facts, config);
  await store.transaction(async (tx) => {
    if (refusal !== undefined) {
      await tx.move(requestId, { to: "skipped", from: ["seen"], ...refusal });
      return;
    }
    await tx.move(requestId, { to: "accepted", from: ["seen"] });
    await tx.enqueue("prove", job, { deadline: request.deadline });
  });
}

/** The slowest of the model's last proofs. */
async function expectedMs(store: Store, modelId: Hex): Promise<number> {
  const [row] = await store.query(
    `select max(prove_ms) as ms from
       (select prove_ms from requests where model_id = $1 and prove_ms is not null order by updated_at desc limit 10) as recent`,
    [modelId],
  );
  return Number(row.ms ?? 0);
}
