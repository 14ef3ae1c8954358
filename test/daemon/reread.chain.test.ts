/** A second reading of old blocks during a reorganization: what was read before it is not applied after it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIngest } from "../../daemon/chain/ingest.ts";
import { createLogReader, type LogReader } from "../../daemon/chain/logs.ts";
import { createRpc } from "../../daemon/chain/rpc.ts";
import { createWatcher } from "../../daemon/chain/watcher.ts";
import { createLogger } from "../../daemon/logger.ts";
import { getRequest } from "../../daemon/store/requests.ts";
import { openStore, type Store } from "../../daemon/store/store.ts";
import { startMarket, type TestMarket } from "./support/market.ts";

let market: TestMarket;
let store: Store;

beforeAll(async () => {
  market = await startMarket();
  store = await openStore(await market.database(), {
    onChange: () => undefined,
    onError: (error) => {
      throw error;
    },
    jobTimeoutSeconds: 600,
  });
});
afterAll(async () => {
  await store?.close();
  await market?.close();
});

test("events read before a reorganization bring no request back after it", async () => {
  const logger = createLogger("silent");
  const rpc = createRpc([market.chain.url], { timeoutMs: 60_000, logger, onCall: () => undefined });
  const inner = createLogReader(market.market, 1000);
  let afterRange = async (): Promise<void> => undefined;
  const logReader: LogReader = {
    ...inner,
    range: async (...query) => {
      const found = await inner.range(...query);
      await afterRange();
      return found;
    },
  };
  const watcher = await createWatcher({
    store,
    rpc,
    logReader,
    ingest: createIngest(() => false, logger),
    logger,
    chainId: 31337,
    market: market.market,
    startBlock: 0,
    confirmations: 0,
    settlementConfirmations: 0,
    isOurs: () => false,
    onReorg: () => undefined,
  });
  const { signal } = new AbortController();
  const stateOf = async (requestId: string) => (await getRequest(store, requestId))?.state;

  const snapshot = await market.rpc<string>("evm_snapshot");
  const { requestId } = await market.request(1);
  await watcher.tick(signal);
  expect(await stateOf(requestId)).toBe("seen");
  const read = watcher.status.cursor;

  // The logs are of the old chain; before they are applied, the watcher follows a longer chain without the request.
  afterRange = async () => {
    afterRange = async () => undefined;
    await market.rpc("evm_revert", snapshot);
    await market.rpc("evm_increaseTime", 5);
    await market.mine(3);
    await watcher.tick(signal);
    expect(await stateOf(requestId)).toBe("reorged");
    expect(watcher.status.cursor).toBeGreaterThan(read);
  };
  await watcher.reread(0, read);
  expect(await stateOf(requestId)).toBe("reorged");

  // Read again on a chain that stands still, the events are those of that chain.
  await watcher.reread(0, watcher.status.cursor);
  expect(await stateOf(requestId)).toBe("reorged");
});
