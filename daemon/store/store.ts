/** The daemon's memory: one database with its tables and pg-boss's, and the proofs beside it. */
import { PgBoss } from "pg-boss";
import { STEADY_CLOCK } from "../clock.ts";
import { bossDatabase, type Database, openDatabase, type Sql } from "./database.ts";
import { type Change, moveRequest, type RequestRow } from "./requests.ts";
import { migrate } from "./schema.ts";
import type { State } from "./states.ts";

export type QueueName = "evaluate" | "fetch" | "prove";

export interface JobData {
  readonly kind: "request" | "direct";
  readonly id: string;
}

export interface StateChange {
  readonly row: RequestRow;
  readonly from: State;
}

export interface StoreTransaction extends Sql {
  move(requestId: string, change: Change): Promise<RequestRow>;
  /** The job exists when the transaction commits. A job that waits for the same id already is enough. */
  enqueue(queue: QueueName, job: JobData, options?: { deadline?: number; delaySeconds?: number }): Promise<void>;
}

export interface Store extends Sql {
  readonly exclusive: boolean;
  transaction<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T>;
  /** Runs `handle` for each job, one at a time. */
  work(queue: QueueName, handle: (job: JobData) => Promise<void>): Promise<void>;
  queueLengths(): Promise<Record<QueueName, number>>;
  close(): Promise<void>;
}

const QUEUES: readonly QueueName[] = ["evaluate", "fetch", "prove"];
/** Jobs with an earlier deadline go first: pg-boss takes the highest of a 32-bit priority. */
const priorityOf = (deadline: number): number => 2 ** 31 - 1 - Math.min(deadline, 2 ** 31 - 1);

export async function openStore(
  url: string,
  {
    onChange,
    onError,
    jobTimeoutSeconds,
  }: { onChange(change: StateChange): void; onError(error: Error): void; jobTimeoutSeconds: number },
): Promise<Store> {
  const db = await openDatabase(url);
  try {
    await migrate(db);
    const boss = await startBoss(db, jobTimeoutSeconds, onError);
    return storeOn(db, boss, onChange);
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function startBoss(db: Database, jobTimeoutSeconds: number, onError: (error: Error) => void): Promise<PgBoss> {
  // Expired jobs are looked for every `monitorIntervalSeconds`; the default of a minute is too slow to notice a dead worker.
  const intervals = { monitorIntervalSeconds: 5, superviseIntervalSeconds: 5 };
  const boss = new PgBoss({ ...db.boss, ...intervals, schedule: false, clock: STEADY_CLOCK });
  boss.on("error", onError);
  await boss.start();
  for (const name of QUEUES) {
    await boss.createQueue(name, {
      policy: "short",
      retryLimit: 5,
      retryDelay: 1,
      retryBackoff: true,
      heartbeatSeconds: 20,
      expireInSeconds: jobTimeoutSeconds,
      deleteAfterSeconds: 3600,
    });
    // The jobs of this database's former process: its rows say what is left to do.
    if (db.exclusive) await boss.deleteAllJobs(name);
  }
  return boss;
}

function storeOn(db: Database, boss: PgBoss, onChange: (change: StateChange) => void): Store {
  return {
    exclusive: db.exclusive,
    query: db.query,
    transaction: async (work) => {
      const changes: StateChange[] = [];
      const result = await db.transaction((tx) =>
        work({
          query: tx.query,
          move: async (requestId, change) => {
            const moved = await moveRequest(tx, requestId, change);
            changes.push(moved);
            return moved.row;
          },
          enqueue: async (queue, job, { deadline = 0, delaySeconds = 0 } = {}) => {
            await boss.send(queue, job, {
              db: bossDatabase(tx),
              singletonKey: `${job.kind}:${job.id}`,
              priority: priorityOf(deadline),
              ...(delaySeconds > 0 ? { startAfter: delaySeconds } : {}),
            });
          },
        }),
      );
      for (const change of changes) onChange(change);
      return result;
    },
    work: async (queue, handle) => {
      await boss.work<JobData>(
        queue,
        { pollingIntervalSeconds: 0.5, batchSize: 1, burstWhenBatchFull: true },
        async ([job]) => handle(job!.data),
      );
    },
    queueLengths: async () => {
      const stats = await boss.getQueues([...QUEUES]);
      return Object.fromEntries(stats.map(({ name, queuedCount }) => [name, queuedCount])) as Record<QueueName, number>;
    },
    close: async () => {
      await boss.stop({ graceful: true, timeout: 5000 });
      await db.close();
    },
  };
}
