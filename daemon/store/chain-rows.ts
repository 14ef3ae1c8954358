/** What the daemon remembers of the chain: how far it has read, and the hashes of recent blocks. */
import { ChainMismatchError, StaleLeaseError } from "../errors.ts";
import type { Row, Sql } from "./database.ts";
import type { Hex } from "./requests.ts";

export interface BlockMark {
  readonly number: number;
  readonly hash: Hex;
  readonly timestamp: number;
}

/** Blocks whose hashes are kept: deeper reorganizations make the daemon read everything again. */
const KEPT_BLOCKS = 1024;

/** The last block that was read; makes sure that the database belongs to this chain and market. */
export async function openCursor(
  tx: Sql,
  identity: { chainId: number; market: Hex; startBlock: number },
): Promise<number> {
  const { chainId, market, startBlock } = identity;
  await tx.query("insert into cursor values (1, $1, $2, $3, $4) on conflict (id) do nothing", [
    chainId,
    market.toLowerCase(),
    startBlock,
    startBlock - 1,
  ]);
  const [row] = await tx.query("select * from cursor");
  if (Number(row.chain_id) !== chainId || row.market !== market.toLowerCase()) {
    throw new ChainMismatchError("the database belongs to another market", {
      expected: `market ${row.market} on chain ${row.chain_id}`,
      got: `market ${market} on chain ${chainId}`,
      remedy: "give each market its own database",
    });
  }
  return Number(row.number);
}

export async function readCursor(sql: Sql): Promise<{ number: number; startBlock: number }> {
  const [row] = await sql.query("select number, start_block from cursor");
  return { number: Number(row.number), startBlock: Number(row.start_block) };
}

/** The block at the cursor; undefined before any was read. */
export async function lastBlock(sql: Sql): Promise<BlockMark | undefined> {
  const [row] = await sql.query("select blocks.* from blocks join cursor on blocks.number = cursor.number");
  return row === undefined ? undefined : toMark(row);
}

/** False when the chain has taken the block back since it was read. While the transaction lasts, no reorganization is followed past it. */
export async function isStillRead(tx: Sql, { number, hash }: BlockMark): Promise<boolean> {
  const rows = await tx.query("select 1 from blocks where number = $1 and hash = $2 for share", [number, hash]);
  return rows.length > 0;
}

/** Moves on from block `from`; throws when another process has moved the cursor meanwhile. */
export async function advanceCursor(tx: Sql, from: number, block: BlockMark): Promise<void> {
  const moved = await tx.query("update cursor set number = $2 where number = $1 returning 1", [from, block.number]);
  if (moved.length === 0) {
    throw movedByOther(from);
  }
  await tx.query(
    "insert into blocks values ($1, $2, $3) on conflict (number) do update set hash = excluded.hash, timestamp = excluded.timestamp",
    [block.number, block.hash, block.timestamp],
  );
  await tx.query("delete from blocks where number < $1", [block.number - KEPT_BLOCKS]);
}

/** Moves back; throws when another process has moved the cursor meanwhile. */
export async function resetCursor(tx: Sql, from: number, to: number): Promise<void> {
  const moved = await tx.query("update cursor set number = $2 where number = $1 returning 1", [from, to]);
  if (moved.length === 0) throw movedByOther(from);
  await tx.query("delete from blocks where number > $1", [to]);
}

const movedByOther = (cursor: number) =>
  new StaleLeaseError("another process has moved the cursor", {
    expected: `cursor at block ${cursor}`,
    retryable: true,
  });

/** Stored blocks with number <= `upTo`, newest first. */
export async function storedBlocks(sql: Sql, upTo: number): Promise<BlockMark[]> {
  const rows = await sql.query("select * from blocks where number <= $1 order by number desc", [upTo]);
  return rows.map(toMark);
}

const toMark = ({ number, hash, timestamp }: Row): BlockMark => ({
  number: Number(number),
  hash,
  timestamp: Number(timestamp),
});
