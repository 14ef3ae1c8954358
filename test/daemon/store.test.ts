/** Leases, transitions and the outbox, on the real embedded database. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { StaleLeaseError } from "../../daemon/errors.ts";
import { dropLease, requireLease, takeLease } from "../../daemon/store/leases.ts";
import {
  getRequest,
  type Hex,
  insertRequest,
  leaseRequest,
  readHistory,
  renewLease,
} from "../../daemon/store/requests.ts";
import { openStore, type StateChange, type Store } from "../../daemon/store/store.ts";

/** Longer than any run. */
const LEASE_SECONDS = 86_400;

let store: Store;
const changes: StateChange[] = [];
let index = 0;
let id: Hex;

beforeAll(async () => {
  const onError = (error: Error) => {
    throw error;
  };
  store = await openStore("pglite:memory", {
    onChange: (change) => changes.push(change),
    onError,
    jobTimeoutSeconds: 60,
  });
});
afterAll(() => store.close());

beforeEach(async () => {
  changes.length = 0;
  id = `0x${(++index).toString(16).padStart(64, "0")}`;
  const address = `0x${"00".repeat(20)}` as const;
  await store.transaction((tx) =>
    insertRequest(tx, {
      requestId: id,
      modelId: id,
      requester: address,
      refundee: address,
      callback: address,
      callbackGasLimit: 0,
      deadline: 2_000_000_000,
      fee: 2n ** 95n,
      input: "0x",
      inputHash: id,
      inputUri: "",
      optionsHash: id,
      options: null,
      blockNumber: 1,
      blockHash: id,
    }),
  );
});

describe("a lease on a request", () => {
  test("keeps others out until it ends, and its holder may take it again", async () => {
    expect((await leaseRequest(store, id, "a", LEASE_SECONDS))?.leaseEpoch).toBe(1);
    expect(await leaseRequest(store, id, "b", LEASE_SECONDS)).toBeUndefined();
    expect((await leaseRequest(store, id, "a", LEASE_SECONDS))?.leaseEpoch).toBe(2);
  });

  test("that has run out is another's: the first worker's late result is not written", async () => {
    await store.transaction((tx) => tx.move(id, { to: "accepted" }));
    const first = (await leaseRequest(store, id, "a", -1))!;
    await store.transaction((tx) => tx.move(id, { to: "proving", epoch: first.leaseEpoch }));
    const second = (await leaseRequest(store, id, "b", LEASE_SECONDS))!;
    expect(await renewLease(store, id, first.leaseEpoch, LEASE_SECONDS)).toBe(false);
    expect(await renewLease(store, id, second.leaseEpoch, LEASE_SECONDS)).toBe(true);
    const late = store.transaction((tx) => tx.move(id, { to: "proved", epoch: first.leaseEpoch }));
    await expect(late).rejects.toThrow(StaleLeaseError);
    await store.transaction((tx) => tx.move(id, { to: "proved", epoch: second.leaseEpoch }));
    expect((await getRequest(store, id))?.state).toBe("proved");
  });
});

describe("a change of state", () => {
  test("that the table does not allow is refused", async () => {
    await expect(store.transaction((tx) => tx.move(id, { to: "submitted" }))).rejects.toThrow(StaleLeaseError);
  });

  test("is told after the commit, with one line of history", async () => {
    await store.transaction((tx) => tx.move(id, { to: "skipped", code: "FEE-TOO-LOW", detail: "fee 1" }));
    expect(changes.map(({ from, row }) => [from, row.state])).toEqual([["seen", "skipped"]]);
    const history = await readHistory(store, id);
    expect(history.map(({ to_state, code }) => [to_state, code])).toEqual([
      ["seen", null],
      ["skipped", "FEE-TOO-LOW"],
    ]);
  });

  test("and its job vanish together when the transaction fails", async () => {
    const before = await store.query("select count(*) as count from pgboss.job");
    const failed = store.transaction(async (tx) => {
      await tx.move(id, { to: "accepted" });
      await tx.enqueue("prove", { kind: "request", id });
      throw new Error("power cut");
    });
    await expect(failed).rejects.toThrow("power cut");
    expect((await getRequest(store, id))?.state).toBe("seen");
    expect(await store.query("select count(*) as count from pgboss.job")).toEqual(before);
    expect(changes).toEqual([]);
  });
});

describe("a named lease", () => {
  test("has one holder, and a new epoch for each new one", async () => {
    const name = `sender:${index}`;
    expect(await takeLease(store, name, "a", LEASE_SECONDS)).toBe(1);
    expect(await takeLease(store, name, "a", LEASE_SECONDS)).toBe(1);
    expect(await takeLease(store, name, "b", LEASE_SECONDS)).toBeUndefined();
    await dropLease(store, name, "a");
    expect(await takeLease(store, name, "b", LEASE_SECONDS)).toBe(2);
    await expect(store.transaction((tx) => requireLease(tx, name, 1))).rejects.toThrow(StaleLeaseError);
    await store.transaction((tx) => requireLease(tx, name, 2));
  });
});
