/**
 * One small file over HTTP or HTTPS, from public addresses only.
 *
 * A name is resolved once, every address it gives is checked, and the connection goes to a checked one: a name that answers
 * differently the second time (DNS rebinding) is not asked a second time. Each redirect is checked in the same way.
 */
import { lookup as resolveName } from "node:dns/promises";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { InputFetchError } from "../errors.ts";
import { isLoopbackAddress, isPublicAddress } from "./address-guard.ts";

export interface DownloadOptions {
  readonly maxBytes: number;
  /** For all redirects together. */
  readonly timeoutMs: number;
  /** For tests on one machine. */
  readonly allowLoopback: boolean;
  readonly signal?: AbortSignal;
  readonly resolve?: (name: string) => Promise<readonly { address: string; family: number }[]>;
}

const MAX_REDIRECTS = 3;
const REDIRECTS = [301, 302, 303, 307, 308];

export async function download(url: string, options: DownloadOptions): Promise<Uint8Array> {
  const limit = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
  let at = parse(url);
  for (let redirects = 0; ; redirects++) {
    const response = await ask(at, options, signal);
    try {
      const status = response.statusCode ?? 0;
      if (status === 200) return await readBody(response, at, options.maxBytes);
      const { location } = response.headers;
      if (!REDIRECTS.includes(status) || location === undefined)
        throw refused(at, "status 200", `status ${status}`, status >= 500 || status === 429);
      if (redirects === MAX_REDIRECTS) throw refused(at, `at most ${MAX_REDIRECTS} redirects`, "one more");
      at = parse(location, at);
    } catch (error) {
      throw unanswered(at, error);
    } finally {
      response.destroy();
    }
  }
}

function parse(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (
    url === null ||
    (url.protocol !== "http:" && url.protocol !== "https:") ||
    url.username !== "" ||
    url.password !== ""
  )
    throw new InputFetchError("the address of an input is not usable", {
      expected: "an http or https address without user name",
      got: text.slice(0, 200),
      remedy: "none: the request's address is at fault",
    });
  return url;
}

async function ask(url: URL, options: DownloadOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const mayConnect = (address: string) =>
    isPublicAddress(address) || (options.allowLoopback && isLoopbackAddress(address));
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // A literal address is connected to without a look-up.
  const found = isIP(host) !== 0 ? [{ address: host, family: isIP(host) }] : await namesOf(url, host, options);
  const open = found.filter(({ address }) => mayConnect(address));
  if (open.length === 0) {
    throw refused(url, "a public address", found.map(({ address }) => address).join(", ") || "none");
  }
  const lookup: LookupFunction = (_name, { all }, done) => {
    if (all) done(null, [...open]);
    else done(null, open[0]!.address, open[0]!.family);
  };
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const headers = { accept: "application/octet-stream", "accept-encoding": "identity" };
    // No agent: a kept connection would not be looked up again, but belongs to another request's check.
    request(url, { lookup, signal, headers, agent: false }, resolve)
      .on("error", (cause) => reject(unanswered(url, cause)))
      .end();
  });
}

async function namesOf(url: URL, host: string, { resolve }: DownloadOptions) {
  try {
    return await (resolve ?? ((name: string) => resolveName(name, { all: true, verbatim: true })))(host);
  } catch (cause) {
    throw unanswered(url, cause);
  }
}

async function readBody(response: IncomingMessage, url: URL, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw refused(url, `at most ${maxBytes} bytes`, "more");
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

const refused = (url: URL, expected: string, got: string, retryable = false) =>
  new InputFetchError("an input was not fetched", {
    expected,
    got: `${got} from ${url.host}`,
    remedy: "none: the place of the input is at fault",
    retryable,
  });

function unanswered(url: URL, cause: unknown): InputFetchError {
  if (cause instanceof InputFetchError) return cause;
  return new InputFetchError("the place of an input does not answer", {
    got: `${(cause as Error).message} at ${url.host}`,
    remedy: "none: it is asked again",
    retryable: true,
    cause,
  });
}
