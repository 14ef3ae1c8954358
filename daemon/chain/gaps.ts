/** Compares the market's dense counter with the rows: an index without a row is a request whose event was missed. */
import { type PublicClient, pad, toEventSelector } from "viem";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import type { Logger } from "../logger.ts";
import type { Hex } from "../store/requests.ts";
import type { Store } from "../store/store.ts";
import type { Ingest } from "./ingest.ts";
import type { LogReader } from "./logs.ts";
import { type MarketEvent, readEvents, requestCount, requestsBetween } from "./market.ts";

export interface GapOptions {
  readonly store: Store;
  readonly market: Hex;
  readonly logReader: LogReader;
  readonly ingest: Ingest;
  readonly logger: Logger;
  readonly startBlock: number;
}

/** Searches for one request's events; after that it is left alone: its events lie before the start block. */
const MAX_TRIES = 3;
/** Indices looked up at a time. */
const PAGE = 200;

const submittedTopics = requestMarketAbi.flatMap((item) =>
  item.type === "event" && (item.name === "RequestSubmitted" || item.name === "OfferSubmitted")
    ? [toEventSelector(item)]
    : [],
);

export async function findMissing(client: PublicClient, options: GapOptions, cursor: number): Promise<number> {
  const { store, market, logReader, ingest, logger, startBlock } = options;
  const count = await requestCount(client, market, BigInt(cursor));
  const [known] = await store.query(
    `select (select count(*) from requests where state <> 'reorged' and idx < $1)
          + (select count(*) from missing where tries >= $2 and idx < $1) as count`,
    [count, MAX_TRIES],
  );
  if (Number(known.count) >= count) return 0;
  const rows = await store.query(
    `select i as idx from generate_series(0, $1::bigint - 1) as i
     where not exists (select 1 from requests r where r.idx = i and r.state <> 'reorged')
       and not exists (select 1 from missing m where m.idx = i and m.tries >= $2) order by i limit ${PAGE}`,
    [count, MAX_TRIES],
  );
  for (const { idx } of rows) {
    const index = Number(idx);
    const [view] = await requestsBetween(client, market, index, index + 1);
    if (view === undefined) continue;
    const events: MarketEvent[] = [];
    for (let next = startBlock; next <= cursor; ) {
      const { logs, to } = await logReader.range(client, next, cursor, [
        submittedTopics,
        pad(view.requestId, { size: 32 }),
      ]);
      events.push(...readEvents(logs as never));
      next = to + 1;
    }
    const found = events.length > 0;
    logger.warn("WATCH-GAP", { index, requestId: view.requestId, status: view.status, found });
    await store.transaction(async (tx) => {
      if (found) return ingest.apply(tx, events);
      await tx.query(
        "insert into missing values ($1, $2, 1) on conflict (idx) do update set request_id = $2, tries = missing.tries + 1",
        [index, view.requestId],
      );
    });
  }
  return rows.length;
}
