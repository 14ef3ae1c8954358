/** Reads the daemon that serves the page. Types are those of its OpenAPI document. */

import type { DaemonEvent } from "../daemon/events.ts";
import type { Ledger, RequestWithHistory, ShownRequest, Status } from "../daemon/http/schemas.ts";

export type { DaemonEvent, Ledger, RequestWithHistory, ShownRequest, Status };

export const readStatus = () => read<Status>("/status");
export const readLedger = () => read<Ledger>("/ledger?days=14");
export const readRequest = (id: string) => read<RequestWithHistory>(`/requests/${id}`);

export async function readRequests(state: string, before?: number): Promise<ShownRequest[]> {
  const query = new URLSearchParams({ limit: "25" });
  if (state !== "") query.set("state", state);
  if (before !== undefined) query.set("before", String(before));
  return (await read<{ requests: ShownRequest[] }>(`/requests?${query}`)).requests;
}

async function read<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (!response.ok) {
    const { error } = (await response.json().catch(() => ({}))) as { error?: { message?: string } };
    throw new Error(error?.message ?? `${path} answered ${response.status}`);
  }
  return response.json() as Promise<T>;
}
