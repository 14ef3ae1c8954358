/** Decides about one request: taken, with or without a lock, or skipped with a reason. */
import { currentFees } from "../chain/fees.ts";
import { statusOf } from "../chain/market.ts";
import type { ProverLists } from "../chain/prover-lists.ts";
import type { Rpc } from "../chain/rpc.ts";
import type { DaemonConfig } from "../options.ts";
import { getRequest, type Hex, listRequests, type RequestRow } from "../store/requests.ts";
import { OPEN_STATES } from "../store/states.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import type { Breaker } from "./breaker.ts";
import type { Models } from "./models.ts";
import { decide } from "./policy.ts";
import type { Worth } from "./worth.ts";

export interface EvaluatorOptions {
  readonly store: Store;
  readonly rpc: Rpc;
  readonly models: Models;
  readonly breaker: Breaker;
  readonly config: DaemonConfig;
  readonly worth: Worth;
  readonly proverLists: ProverLists;
  /** Who is paid; undefined when this daemon only watches or the address is not known. */
  readonly prover: Hex | undefined;
  readonly canLock: boolean;
  /** Seconds since 1970 by the chain's clock. */
  readonly chainTime: () => number;
}

/** Before the request is looked at again while no new work is taken. */
const BREAKER_DELAY_SECONDS = 10;

export async function evaluate(requestId: string, options: EvaluatorOptions): Promise<void> {
  const { store, rpc, models, breaker, config, worth, prover } = options;
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
  const { provers } = request.options ?? {};
  const facts = {
    registered,
    model,
    chainTime: options.chainTime(),
    gasPriceWei,
    expectedProveMs: await expectedMs(store, request.modelId),
    worth,
    isListed:
      provers === undefined || prover === undefined || options.proverLists.proofFor(provers, prover) !== undefined,
    holdsLock: prover !== undefined && request.lockProver === prover.toLowerCase(),
    canLock: options.canLock,
    stakedWei: prover === undefined ? 0n : await stakedWei(store, prover, worth),
  };
  const decision = decide(request, facts, config);
  await store.transaction(async (tx) => {
    if (decision.kind === "take") {
      await begin(tx, request, { from: "seen", lock: decision.lock });
      return;
    }
    const { code, detail, revisitAt = null } = decision;
    await tx.move(requestId, { to: "skipped", from: ["seen"], code, detail, set: { revisitAt } });
  });
}

/** Sends a request on to what it needs next: its input, a lock, or its proof. */
export async function begin(
  tx: StoreTransaction,
  request: Pick<RequestRow, "requestId" | "deadline" | "input">,
  { from, lock }: { from: "seen" | "fetching"; lock: boolean },
): Promise<void> {
  const { requestId, deadline, input } = request;
  const job = { kind: "request", id: requestId } as const;
  if (input === "0x") {
    // Nothing is staked before the input is there and is the one that was asked for.
    await tx.move(requestId, { to: "fetching", from: [from], set: { lockWanted: lock } });
    await tx.enqueue("fetch", job, { deadline });
    return;
  }
  if (lock) {
    await tx.move(requestId, { to: "locking", from: [from], set: { lockWanted: false } });
    return;
  }
  await tx.move(requestId, { to: "accepted", from: [from] });
  await tx.enqueue("prove", job, { deadline });
}

async function stakedWei(store: Store, prover: Hex, worth: Worth): Promise<bigint> {
  const rows = await listRequests(store, "(state = 'locking' or lock_wanted or lock_prover = $1) and state = any($2)", [
    prover.toLowerCase(),
    OPEN_STATES,
  ]);
  return rows.reduce((sum, { options }) => sum + (worth(options!.token, options!.collateral) ?? 0n), 0n);
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
