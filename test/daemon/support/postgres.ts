/** A PostgreSQL server of its own on a free port, from the binaries that the machine has. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Client } from "pg";
import { until } from "./until.ts";

export interface PostgresServer {
  /** `postgres://user@host:port`, without a database. */
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
}

/** The server refuses to run as root; any other user will do. */
const NOBODY = 65_534;

/** Undefined when the machine has no PostgreSQL. */
export async function startPostgres(): Promise<PostgresServer | undefined> {
  const bin = binaries();
  if (bin === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "gavel-postgres-"));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const as = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const data = join(folder, "data");
  const env = { PATH: process.env["PATH"], LC_ALL: "C" };
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "gavel", "--auth=trust", "--no-sync"], {
    ...as,
    env,
    stdio: "ignore",
    cwd: folder,
  });
  const port = await freePort();
  // A test's server may lose data with the machine, not with a process.
  const settings = [
    "fsync=off",
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${folder}`,
    "max_connections=200",
  ];
  const args = ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
  const server: ChildProcess = spawn(join(bin, "postgres"), args, { ...as, env, stdio: "ignore", cwd: folder });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const url = `postgres://gavel@127.0.0.1:${port}`;
  let version = "";
  await until("PostgreSQL answers", async () => {
    const client = new Client({ connectionString: `${url}/postgres` });
    try {
      await client.connect();
      version = (await client.query("show server_version")).rows[0].server_version;
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  });
  return {
    url,
    version,
    stop: async () => {
      server.kill("SIGINT");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function binaries(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env["PATH"] ?? "").split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
