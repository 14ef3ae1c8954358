/**
 * Reads the chain: block by block with logs by block hash near the head, by range further back, and the market's dense counter as
 * a second source.
 *
 * One tick works on one endpoint. Rows, cursor and jobs change in one transaction per step, so a stop at any point loses nothing:
 * the next tick goes on from the cursor. A block whose parent is not the block last read means a reorganization; the rows go back
 * to the newest stored block that is still on the chain.
 */
import type { Block, PublicClient } from "viem";
import { ChainMismatchError, RpcError, StaleLeaseError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import {
  advanceCursor,
  type BlockMark,
  isStillRead,
  lastBlock,
  openCursor,
  readCursor,
  storedBlocks,
} from "../store/chain-rows.ts";
import type { Hex } from "../store/requests.ts";
import { listRequests } from "../store/requests.ts";
import { OPEN_STATES } from "../store/states.ts";
import type { Store } from "../store/store.ts";
import { findMissing, type GapOptions } from "./gaps.ts";
import type { Ingest } from "./ingest.ts";
import type { LogReader } from "./logs.ts";
import { readEvents } from "./market.ts";
import type { Rpc } from "./rpc.ts";

export interface WatcherOptions {
  readonly store: Store;
  readonly rpc: Rpc;
  readonly logReader: LogReader;
  readonly ingest: Ingest;
  readonly logger: Logger;
  readonly chainId: number;
  readonly market: Hex;
  readonly startBlock: number;
  readonly confirmations: number;
  readonly settlementConfirmations: number;
  readonly isOurs: (prover: string) => boolean;
  readonly onReorg: (depth: number) => void;
}

export interface WatcherStatus {
  /** Newest block of the chain, as last heard. */
  head: number;
  /** When that was, by `performance.now()`. */
  headSeenMs: number;
  /** Of the newest block; by the machine's clock before one is known. */
  headTimestamp: number;
  /** Last block that was read. */
  cursor: number;
  caughtUp: boolean;
  deepReorg: boolean;
}

export interface Watcher {
  readonly status: Readonly<WatcherStatus>;
  /** Reads what is new. */
  tick(signal: AbortSignal): Promise<void>;
  /** For a process that leaves reading to another: how far that one is. */
  follow(): Promise<void>;
  /** Reads an old range again and applies what is missing. */
  reread(from: number, to: number): Promise<void>;
}

/** Within this many blocks of the target, blocks are read one by one with their hashes; further back, by range. */
const BY_HASH_WINDOW = 32;
/** Between two looks whether the head has moved. */
const LAG_CHECK_MS = 2000;

export async function createWatcher(options: WatcherOptions): Promise<Watcher> {
  const { store, rpc, logReader, ingest, logger, chainId, market, confirmations } = options;
  const cursor = await store.transaction((tx) => openCursor(tx, options));
  const status: WatcherStatus = {
    head: -1,
    headSeenMs: performance.now(),
    headTimestamp: Math.floor(Date.now() / 1000),
    cursor,
    caughtUp: false,
    deepReorg: false,
  };
  const checkedEndpoints = new Set<string>();
  const gaps: GapOptions = { store, market, logReader, ingest, logger, startBlock: options.startBlock };
  let countedAt = -1;
  let lagCheckedMs = 0;
  let lagHeight = -1;

  async function tick(signal: AbortSignal): Promise<void> {
    const { client, endpoint, report } = rpc.session();
    try {
      await checkChain(client, endpoint);
      // Daemons that share the database move it too.
      status.cursor = (await readCursor(store)).number;
      const head = await blockAt(client, "latest");
      await checkLag(Number(head.number), endpoint);
      await followFork(client, head, endpoint);
      // Before what is read is judged: old requests may be too late by now.
      Object.assign(status, {
        head: Number(head.number),
        headTimestamp: Number(head.timestamp),
        headSeenMs: performance.now(),
      });
      await catchUp(client, Number(head.number) - confirmations, signal);
      if (signal.aborted) return;
      if (countedAt !== status.cursor && status.cursor >= options.startBlock) {
        await findMissing(client, gaps, status.cursor);
        countedAt = status.cursor;
      }
      await settleRows();
      status.caughtUp = true;
      report();
    } catch (error) {
      if (error instanceof StaleLeaseError) return;
      report(error);
      throw error;
    }
  }

  /** An endpoint whose head stands still while another's has moved on is behind, also when nothing it says contradicts what was read. */
  async function checkLag(height: number, endpoint: string): Promise<void> {
    if (performance.now() - lagCheckedMs < LAG_CHECK_MS) return;
    lagCheckedMs = performance.now();
    const stoodStill = height === lagHeight;
    lagHeight = height;
    if (!stoodStill || rpc.endpoints().length === 1) return;
    const highest = await rpc.highestBlock();
    if (highest <= height) return;
    logger.debug("WATCH-STALE", { endpoint, head: height, highest });
    throw behind(highest, height);
  }

  async function checkChain(client: PublicClient, endpoint: string): Promise<void> {
    if (checkedEndpoints.has(endpoint)) return;
    const actual = await client.getChainId();
    if (actual !== chainId) {
      throw new ChainMismatchError("an endpoint serves another chain", {
        expected: `chain ${chainId}`,
        got: `chain ${actual} at ${endpoint}`,
        remedy: "remove the endpoint from `rpcUrls`",
      });
    }
    checkedEndpoints.add(endpoint);
  }

  /** Goes back to the last common block when the chain no longer has the blocks that were read. */
  async function followFork(client: PublicClient, head: Block, endpoint: string): Promise<void> {
    const stored = await storedBlocks(store, status.cursor);
    if (stored.length === 0) return;
    const height = Number(head.number);
    const known = stored.find(({ number }) => number <= height);
    if (known !== undefined && (await hashAt(client, head, known.number)) === known.hash) {
      if (height >= status.cursor) return;
      // The endpoint has not seen blocks that another has shown us, or the chain was cut and will show its new blocks soon.
      logger.debug("WATCH-STALE", { endpoint, head: height, cursor: status.cursor });
      throw behind(status.cursor, height);
    }
    let ancestor = options.startBlock - 1;
    let found = false;
    for (const block of stored) {
      if (block.number > height || (await hashAt(client, head, block.number)) !== block.hash) continue;
      ancestor = block.number;
      found = true;
      break;
    }
    const depth = status.cursor - ancestor;
    logger.warn(found ? "WATCH-REORG" : "WATCH-DEEP-REORG", { cursor: status.cursor, ancestor, depth });
    status.deepReorg = !found;
    options.onReorg(depth);
    await store.transaction((tx) => ingest.rollback(tx, status.cursor, ancestor));
    status.cursor = ancestor;
    countedAt = -1;
  }

  async function catchUp(client: PublicClient, target: number, signal: AbortSignal): Promise<void> {
    while (status.cursor < target && !signal.aborted) {
      const from = status.cursor;
      const behind = target - from;
      const step =
        behind > BY_HASH_WINDOW
          ? await readRange(client, from + 1, target - BY_HASH_WINDOW)
          : await readBlock(client, from);
      if (step === undefined) return;
      await store.transaction(async (tx) => {
        await ingest.apply(tx, readEvents(step.logs as never));
        await advanceCursor(tx, from, step.block);
      });
      status.cursor = step.block.number;
      if (behind > BY_HASH_WINDOW) {
        status.caughtUp = false;
        logger.info("WATCH-BACKFILL", { from: from + 1, to: status.cursor, target });
      }
    }
  }

  async function readRange(
    client: PublicClient,
    from: number,
    to: number,
  ): Promise<{ block: BlockMark; logs: unknown[] }> {
    const { logs, to: last } = await logReader.range(client, from, to);
    return { block: markOf(await blockAt(client, last)), logs };
  }

  /** Undefined when the next block does not continue the last one: the next tick finds the fork. */
  async function readBlock(
    client: PublicClient,
    cursor: number,
  ): Promise<{ block: BlockMark; logs: unknown[] } | undefined> {
    const block = await blockAt(client, cursor + 1);
    const [last] = await storedBlocks(store, cursor);
    if (last?.number === cursor && block.parentHash !== last.hash) return undefined;
    return { block: markOf(block), logs: await logReader.block(client, block.hash as Hex) };
  }

  /** Confirms settlements that are deep enough, looks again at what was put off, gives up what is late by the last block read. */
  async function settleRows(): Promise<void> {
    const depth = status.cursor - options.settlementConfirmations;
    const settled = await listRequests(
      store,
      "settled_block <= $1 and settled_by is not null and state <> 'confirmed'",
      [depth],
    );
    for (const row of settled.filter(({ settledBy, state }) => options.isOurs(settledBy!) && state !== "reorged")) {
      await store.transaction(async (tx) => {
        // The chain may show the settlement before the endpoint has answered to its hand-over.
        if (row.state === "submitting") await tx.move(row.requestId, { to: "submitted", from: ["submitting"] });
        const from = row.state === "submitting" ? "submitted" : row.state;
        await tx.move(row.requestId, { to: "confirmed", from: [from] });
      });
    }
    const [last] = await storedBlocks(store, status.cursor);
    if (last === undefined) return;
    const due = await listRequests(store, "state = 'skipped' and revisit_at <= $1 and deadline >= $1", [
      last.timestamp,
    ]);
    for (const { requestId, deadline } of due) {
      await store.transaction(async (tx) => {
        await tx.move(requestId, { to: "seen", from: ["skipped"], code: "REVISITED", set: { revisitAt: null } });
        await tx.enqueue("evaluate", { kind: "request", id: requestId }, { deadline });
      });
    }
    const late = await listRequests(
      store,
      "least(deadline, cancel_at) < $1 and settled_block is null and state = any($2)",
      [last.timestamp, OPEN_STATES],
    );
    for (const row of late) {
      await store.transaction((tx) =>
        tx.move(row.requestId, {
          to: "expired",
          from: [row.state],
          code: "DEADLINE-PASSED",
          detail: `in state ${row.state}`,
        }),
      );
    }
  }

  async function follow(): Promise<void> {
    const head = await blockAt(rpc.client, "latest");
    const { number: cursor } = await readCursor(store);
    Object.assign(status, {
      cursor,
      head: Number(head.number),
      headTimestamp: Number(head.timestamp),
      headSeenMs: performance.now(),
      caughtUp: cursor >= Number(head.number) - confirmations - BY_HASH_WINDOW,
    });
  }

  async function reread(from: number, to: number): Promise<void> {
    const { client, report } = rpc.session();
    try {
      for (let next = from; next <= to; ) {
        const cursor = await lastBlock(store);
        const { logs, to: last } = await logReader.range(client, next, to);
        const events = readEvents(logs as never);
        await store.transaction(async (tx) => {
          // After a reorganization they may be events of blocks that are gone, or are applied when the cursor comes to them.
          if (cursor !== undefined && cursor.number >= last && (await isStillRead(tx, cursor)))
            await ingest.apply(tx, events);
        });
        next = last + 1;
      }
      report();
    } catch (error) {
      report(error);
      throw error;
    }
  }

  return { status, tick, follow, reread };
}

const behind = (expected: number, got: number) =>
  new RpcError("the endpoint is behind", {
    expected: `block ${expected}`,
    got: `block ${got}`,
    remedy: "none: another endpoint is tried",
    retryable: true,
  });

async function blockAt(client: PublicClient, at: number | "latest"): Promise<Block> {
  const block = (await client.getBlock(
    at === "latest" ? { blockTag: at } : { blockNumber: BigInt(at) },
  )) as Block | null;
  if (block?.hash && block.number !== null) return block;
  throw new RpcError("an endpoint does not give a block it has", {
    expected: `block ${at}`,
    got: "nothing",
    remedy: "none: it is asked for again",
    retryable: true,
  });
}

async function hashAt(client: PublicClient, head: Block, number: number): Promise<string | null> {
  return Number(head.number) === number ? head.hash : (await blockAt(client, number)).hash;
}

function markOf(block: Block): BlockMark {
  return { number: Number(block.number), hash: block.hash as Hex, timestamp: Number(block.timestamp) };
}
