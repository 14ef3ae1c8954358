import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StoreError } from "../../daemon/errors.ts";
import { acquirePidLock } from "../../daemon/store/pid-lock.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gavel-lock-"));
  path = join(folder, "db.lock");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a second owner in the same process is refused, until the first releases", async () => {
  const lock = await acquirePidLock(path);
  await expect(acquirePidLock(path)).rejects.toThrow(StoreError);
  await lock.release();
  expect(existsSync(path)).toBe(false);
  await (await acquirePidLock(path)).release();
});

test("a live process keeps its lock; a dead one loses it", async () => {
  const owner = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  await once(owner, "spawn");
  await writeFile(path, `${owner.pid}\n`);
  await expect(acquirePidLock(path)).rejects.toThrow(`process ${owner.pid}`);
  owner.kill("SIGKILL");
  await once(owner, "exit");
  await (await acquirePidLock(path)).release();
});

test("a file that names no process is taken over", async () => {
  await writeFile(path, "");
  await (await acquirePidLock(path)).release();
});
