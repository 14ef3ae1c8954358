/**
 * A lock file that holds its owner's process id. Two processes on one PGlite folder lose data without an error, so a second one is
 * refused; a lock is taken over only when its owner no longer runs.
 */
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { StoreError } from "../errors.ts";

export interface PidLock {
  release(): Promise<void>;
}

/** Locks of this process: its own id in a file otherwise means a predecessor that had the same id, as in a container. */
const held = new Set<string>();

export async function acquirePidLock(file: string): Promise<PidLock> {
  const path = resolve(file);
  if (held.has(path)) refuse(path, "this process has it open already");
  // Each round takes the lock, refuses, or removes one dead owner's file.
  for (let round = 0; round < 5; round++) {
    if (await createExclusively(path)) {
      held.add(path);
      return {
        release: async () => {
          held.delete(path);
          await rm(path, { force: true });
        },
      };
    }
    const owner = await readOwner(path);
    if (isAlive(owner)) refuse(path, `process ${owner} has it open`);
    await removeDead(path);
  }
  return refuse(path, "other processes keep taking it");
}

/** A link fails when its name is taken, and the file it names is complete, so no reader sees an owner half written. */
async function createExclusively(path: string): Promise<boolean> {
  const mine = `${path}.${process.pid}`;
  await writeFile(mine, `${process.pid}\n`);
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(mine, { force: true });
  }
}

async function readOwner(path: string): Promise<number | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  return /^\d+\n$/.test(text) ? Number(text) : undefined;
}

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Renaming first: of two processes that see the same dead owner, one finds a new owner's file aside and puts it back. */
async function removeDead(path: string): Promise<void> {
  const aside = `${path}.dead.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  try {
    if (isAlive(await readOwner(aside))) await link(aside, path).catch(() => undefined);
  } finally {
    await rm(aside, { force: true });
  }
}

function refuse(path: string, got: string): never {
  throw new StoreError("the database folder is in use", {
    expected: "one process per folder",
    got: `${got} (${path})`,
    remedy: "stop that process, give this one its own folder, or use PostgreSQL for several processes",
    retryable: true,
  });
}
