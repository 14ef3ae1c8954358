import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "../../daemon/store/database.ts";
import { readLedger } from "../../daemon/store/ledger.ts";
import { migrate } from "../../daemon/store/schema.ts";

const TOKEN = `0x${"Ab".repeat(20)}`;
let db: Database;
beforeAll(async () => {
  db = await openDatabase("pglite:memory");
  await migrate(db);
});
afterAll(() => db.close());

/** Noon by UTC, taken once: midnight may come while the test runs. */
const today = new Date();
today.setUTCHours(12, 0, 0, 0);
const DAY_MS = 86_400_000;

async function request(index: number, state: string, paid: string | null, token: string | null, daysAgo = 0) {
  const text = `0x${index}`;
  await db.query(
    `insert into requests (request_id, idx, model_id, requester, refundee, callback, callback_gas_limit, deadline, fee, input, input_hash,
       options_hash, block_number, block_hash, state, paid, prove_ms, options, updated_at)
     values ($1, $2, $1, $1, $1, $1, 0, 0, '7', $1, $1, $1, 1, $1, $3, $4, 250, $5, $6)`,
    [
      text,
      index,
      state,
      paid,
      token === null ? null : JSON.stringify({ token }),
      new Date(today.getTime() - daysAgo * DAY_MS),
    ],
  );
}

test("an empty database has earned nothing", async () => {
  expect(await readLedger(db, 30)).toEqual({
    days: [],
    tokens: [],
    total: { settled: 0, earnedWei: "0", gasPaidWei: "0", proveMs: 0 },
  });
});

test("ETH and tokens are not added up; what is not confirmed or too old does not count", async () => {
  const eth = 10n ** 30n;
  await request(1, "confirmed", eth.toString(), null);
  await request(2, "confirmed", "5", `0x${"0".repeat(40)}`);
  await request(3, "confirmed", "1000000", TOKEN);
  await request(4, "confirmed", "23", TOKEN.toLowerCase(), 1);
  await request(5, "superseded", "99", null);
  await request(6, "confirmed", "99", null, 40);
  await db.query(
    "insert into transactions (sender, nonce, request_ids, to_address, data, gas_limit, state, fee_paid, updated_at) values ('0x', 1, array['0x1'], '0x', '0x', 0, 'reverted', '11', $1)",
    [today],
  );
  const { days, tokens, total } = await readLedger(db, 30);
  expect(total).toEqual({ settled: 4, earnedWei: (eth + 5n).toString(), gasPaidWei: "11", proveMs: 1000 });
  expect(tokens).toEqual([{ token: TOKEN.toLowerCase(), earned: "1000023", settled: 2 }]);
  expect(days.map(({ settled }) => settled)).toEqual([3, 1]);
});
