/**
 * One small interface over PGlite (a folder, one process) and PostgreSQL (a URL, many processes): the same SQL, the same tables.
 *
 *     pglite:./folder            embedded; the folder is locked against other processes
 *     pglite:memory              embedded, lost at exit
 *     postgres://host/database   a server
 */
import { mkdir } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { Pool, type PoolClient } from "pg";
import { type Db as BossDatabase, fromPglite } from "pg-boss";
import { StoreError } from "../errors.ts";
import { acquirePidLock, type PidLock } from "./pid-lock.ts";

// biome-ignore lint/suspicious/noExplicitAny: rows are typed where they are read
export type Row = any;

export interface Sql {
  query<T = Row>(text: string, values?: readonly unknown[]): Promise<T[]>;
}

export interface Database extends Sql {
  /** True when no other process can have the database open. */
  readonly exclusive: boolean;
  /** What pg-boss is constructed with. */
  readonly boss: { readonly db: BossDatabase; readonly backend: "pglite" | "postgres" };
  /** Commits when `work` resolves, rolls back when it throws. */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function openDatabase(url: string): Promise<Database> {
  return /^postgres(ql)?:/.test(url) ? openPostgres(url) : openPglite(url);
}

/** pg-boss calls with this write through the caller's transaction. */
export function bossDatabase(tx: Sql): BossDatabase {
  return { executeSql: async (text, values) => ({ rows: await tx.query(text, values) }) };
}

async function openPglite(url: string): Promise<Database> {
  const folder = /^pglite:(.+)$/.exec(url)?.[1];
  if (folder === undefined) {
    throw new StoreError("the database address is not understood", {
      expected: "pglite:<folder> or postgres://…",
      got: url,
      remedy: "set `database`",
    });
  }
  const inMemory = folder === "memory";
  let lock: PidLock | undefined;
  if (!inMemory) {
    await mkdir(folder, { recursive: true });
    lock = await acquirePidLock(`${folder}.lock`);
  }
  let pglite: PGlite;
  try {
    pglite = await PGlite.create(inMemory ? "memory://" : folder);
  } catch (cause) {
    await lock?.release();
    throw new StoreError("the embedded database does not open", {
      got: (cause as Error).message,
      remedy: "restore the folder from a backup, or start with an empty one: requests are read from the chain again",
      cause,
    });
  }
  const query = async <T>(text: string, values: readonly unknown[] = []) =>
    (await pglite.query<T>(text, [...values])).rows;
  return {
    exclusive: true,
    boss: { db: fromPglite(pglite), backend: "pglite" },
    query,
    transaction: (work) =>
      pglite.transaction((tx) =>
        work({
          query: async <T>(text: string, values: readonly unknown[] = []) =>
            (await tx.query<T>(text, [...values])).rows,
        }),
      ),
    close: async () => {
      await pglite.close();
      await lock?.release();
    },
  };
}

async function openPostgres(url: string): Promise<Database> {
  const pool = new Pool({ connectionString: url, max: 10 });
  // A connection that breaks while idle is replaced by the pool; the next query reports what is wrong.
  pool.on("error", () => undefined);
  const on = (target: Pool | PoolClient): Sql => ({
    query: async <T>(text: string, values: readonly unknown[] = []) =>
      (await target.query(text, [...values])).rows as T[],
  });
  try {
    await pool.query("select 1");
  } catch (cause) {
    await pool.end();
    throw new StoreError("the PostgreSQL server does not answer", {
      got: (cause as Error).message,
      remedy: "check `database` and that the server runs",
      retryable: true,
      cause,
    });
  }
  return {
    exclusive: false,
    boss: { db: { executeSql: async (text, values) => pool.query(text, values as unknown[]) }, backend: "postgres" },
    query: on(pool).query,
    transaction: async (work) => {
      const client = await pool.connect();
      try {
        await client.query("begin");
        const result = await work(on(client));
        await client.query("commit");
        client.release();
        return result;
      } catch (error) {
        await client.query("rollback").then(
          () => client.release(),
          (broken: Error) => client.release(broken),
        );
        throw error;
      }
    },
    close: () => pool.end(),
  };
}
