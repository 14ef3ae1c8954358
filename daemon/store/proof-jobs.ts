/** Rows of `proof_jobs`: proofs asked for over HTTP, without a market. */
import type { Sql } from "./database.ts";
import type { Hex } from "./requests.ts";

export type ProofJobState = "queued" | "proving" | "proved" | "failed";

export interface ProofJob {
  readonly id: string;
  /** Digest of the verifying key. */
  readonly model: Hex;
  readonly input: Hex;
  readonly context: Hex;
  readonly state: ProofJobState;
  readonly detail: string | null;
  readonly proofKey: string | null;
  readonly proveMs: number | null;
  readonly createdAt: Date;
}

export async function insertProofJob(tx: Sql, job: Pick<ProofJob, "model" | "input" | "context">): Promise<string> {
  const [row] = await tx.query(
    "insert into proof_jobs (model, input, context, state) values ($1, $2, $3, 'queued') returning id",
    [job.model, job.input, job.context],
  );
  return row.id;
}

export async function getProofJob(sql: Sql, id: string): Promise<ProofJob | undefined> {
  // The parameter is compared as text, so that anything may be asked for.
  const [row] = await sql.query("select * from proof_jobs where id::text = $1", [id]);
  if (row === undefined) return undefined;
  const { model, input, context, state, detail, proof_key, prove_ms, created_at } = row;
  return {
    id: row.id,
    model,
    input,
    context,
    state,
    detail,
    proofKey: proof_key,
    proveMs: prove_ms,
    createdAt: created_at,
  };
}

export async function unfinishedProofJobs(sql: Sql): Promise<string[]> {
  return (await sql.query("select id from proof_jobs where state in ('queued', 'proving') order by created_at")).map(
    ({ id }) => id,
  );
}

export async function updateProofJob(
  sql: Sql,
  id: string,
  {
    state,
    detail = null,
    proofKey = null,
    proveMs = null,
  }: { state: ProofJobState } & Partial<Pick<ProofJob, "detail" | "proofKey" | "proveMs">>,
): Promise<void> {
  await sql.query(
    `update proof_jobs set state = $2, detail = $3, proof_key = coalesce($4, proof_key), prove_ms = coalesce($5, prove_ms),
       updated_at = now() where id = $1`,
    [id, state, detail, proofKey, proveMs],
  );
}
