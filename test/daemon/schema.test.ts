/** A migration that is cut off leaves nothing behind; the next start does all of it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase, type Sql } from "../../daemon/store/database.ts";
import { migrate } from "../../daemon/store/schema.ts";

let db: Database;
beforeAll(async () => {
  db = await openDatabase("pglite:memory");
});
afterAll(() => db.close());

/** The database, with a machine that stops before statement `at` of a transaction. */
function stoppingAt(at: number): Database {
  let count = 0;
  const failing = (tx: Sql): Sql => ({
    query: (text, values) => {
      if (count++ === at) throw new Error("power cut");
      return tx.query(text, values);
    },
  });
  return { ...db, transaction: (work) => db.transaction((tx) => work(failing(tx))) };
}

const tables = () => db.query("select tablename from pg_tables where schemaname = 'public'");

test("wherever it is cut off", async () => {
  for (const at of [1, 3, 4, 10, 20]) {
    await expect(migrate(stoppingAt(at))).rejects.toThrow("power cut");
    expect(await tables()).toEqual([]);
  }
  await migrate(db);
  const [{ version }] = await db.query("select max(version) as version from schema_version");
  expect(version).toBeGreaterThan(1);
  const before = await tables();
  await migrate(db);
  expect(await tables()).toEqual(before);
});
