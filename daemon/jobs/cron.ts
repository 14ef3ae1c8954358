/** Runs tasks at their times, by node-cron: each alone at a time, with a count per outcome and a duration. */
import { type ScheduledTask, schedule } from "node-cron";
import type { Logger } from "../logger.ts";
import type { Metrics } from "../metrics.ts";

export interface CronTask {
  readonly name: string;
  /** As cron writes times, seconds first. */
  readonly cron: string;
  run(): Promise<void>;
}

export interface Cron {
  /** Counts the time to the next runs anew: the clock by which they were planned has gone back. */
  restart(): void;
  /** Waits for what runs. */
  stop(): Promise<void>;
}

/** node-cron would write lines of its own to the console. */
const SILENT = { info: () => undefined, debug: () => undefined, warn: () => undefined, error: () => undefined };

export function startCron(
  tasks: readonly CronTask[],
  { metrics, logger }: { readonly metrics: Metrics; readonly logger: Logger },
): Cron {
  const scheduled: ScheduledTask[] = [];
  const active = new Set<Promise<void>>();
  for (const { name, cron, run } of tasks) {
    const count = (outcome: "ok" | "error" | "skipped") => metrics.cronRuns.inc({ task: name, outcome });
    const once = async (): Promise<void> => {
      const end = metrics.cronSeconds.startTimer({ task: name });
      try {
        await run();
        count("ok");
      } catch (error) {
        count("error");
        logger.warn("CRON-FAILED", { task: name, error });
      } finally {
        end();
      }
    };
    const tracked = async (): Promise<void> => {
      const work = once();
      active.add(work);
      await work;
      active.delete(work);
    };
    const skipped = (): void => {
      count("skipped");
      logger.debug("CRON-SKIPPED", { task: name });
    };
    const task = schedule(cron, tracked, { name, noOverlap: true, logger: SILENT });
    task.on("execution:overlap", skipped);
    task.on("execution:missed", skipped);
    scheduled.push(task);
  }
  return {
    restart: () => {
      for (const task of scheduled) {
        void task.stop();
        void task.start();
      }
    },
    stop: async () => {
      for (const task of scheduled) await task.destroy();
      await Promise.all(active);
    },
  };
}
