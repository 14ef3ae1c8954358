/** Whether a result can be written where it is asked for, tried before the work rather than after it. Throws what writing would throw. */
import { existsSync } from "node:fs";
import { access, constants, open, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** Leaves the file as it was; one that is not there is made and removed again. */
export async function requireWritableFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  // Opening and closing a pipe would tell its reader that nothing comes.
  if (found !== undefined && !found.isFile() && !found.isDirectory()) return;
  await (await open(path, "a")).close();
  if (found === undefined) await rm(path);
}

/** A folder that is not there yet must be one that can be made. */
export async function requireWritableFolder(path: string): Promise<void> {
  let folder = resolve(path);
  while (!existsSync(folder)) folder = dirname(folder);
  // The dot is refused where the path is a file's.
  await access(`${folder}/.`, constants.W_OK);
}
