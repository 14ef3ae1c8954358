/** Where the input of a request may be found: the place the request names, then the operator's. */
import { InputFetchError } from "../errors.ts";
import type { DaemonConfig } from "../options.ts";
import type { RequestRow } from "../store/requests.ts";
import { download } from "./download.ts";

export type SourceConfig = Pick<
  DaemonConfig,
  "inputSources" | "ipfsGateway" | "inputTimeoutMs" | "maxInputBytes" | "inputAllowLoopback"
>;

/** Addresses to try, in order. `{hash}` in the operator's stands for the input's hash with 0x. */
export function sourcesOf(
  { inputUri, inputHash }: Pick<RequestRow, "inputUri" | "inputHash">,
  { inputSources, ipfsGateway }: SourceConfig,
): string[] {
  const own = inputUri === "" ? [] : [throughGateway(inputUri, ipfsGateway)];
  return [...own, ...inputSources.map((source) => source.replaceAll("{hash}", inputHash))];
}

/** The bytes at one source: a `data:` address, or a download of at most `maxBytes`. */
export async function readSource(
  source: string,
  maxBytes: number,
  config: SourceConfig,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (source.startsWith("data:")) return new Uint8Array(await (await fetch(source)).arrayBuffer());
  return download(source, {
    maxBytes: Math.min(maxBytes, config.maxInputBytes),
    timeoutMs: config.inputTimeoutMs,
    allowLoopback: config.inputAllowLoopback,
    signal,
  });
}

function throughGateway(uri: string, gateway: string | undefined): string {
  const path = /^ipfs:\/\/(?:ipfs\/)?(.+)$/.exec(uri)?.[1];
  if (path === undefined) return uri;
  return gateway === undefined ? uri : `${gateway.replace(/\/$/, "")}/ipfs/${path}`;
}

export const wrongInput = (expected: string, got: string): InputFetchError =>
  new InputFetchError("a source gave another input", {
    expected,
    got,
    remedy: "none: the place of the input is at fault",
  });
