/** Inputs by hash: which addresses are asked, and what is taken from them. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { isLoopbackAddress, isPublicAddress } from "../../daemon/inputs/address-guard.ts";
import { type DownloadOptions, download } from "../../daemon/inputs/download.ts";
import { readSource, sourcesOf } from "../../daemon/inputs/sources.ts";

describe("an address", () => {
  test.each([
    "1.1.1.1",
    "8.8.8.8",
    "172.15.255.255",
    "172.32.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "2606:4700:4700::1111",
  ])("%s is public", (address) => expect(isPublicAddress(address)).toBe(true));
  test.each([
    ["this host", "0.0.0.0"],
    ["loopback", "127.0.0.1"],
    ["loopback, elsewhere", "127.255.255.254"],
    ["private", "10.0.0.1"],
    ["private", "172.16.0.0"],
    ["private", "172.31.255.255"],
    ["private", "192.168.1.1"],
    ["shared", "100.64.0.1"],
    ["cloud metadata", "169.254.169.254"],
    ["benchmarks", "198.19.255.255"],
    ["multicast", "224.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["loopback", "::1"],
    ["unspecified", "::"],
    ["mapped IPv4", "::ffff:10.0.0.1"],
    ["mapped IPv4 in hex", "::ffff:a00:1"],
    ["translated IPv4", "64:ff9b::a00:1"],
    ["6to4", "2002:a00:1::"],
    ["Teredo", "2001:0:a00:1::"],
    ["unique local", "fd00::1"],
    ["link local", "fe80::1"],
    ["multicast", "ff02::1"],
    ["no address", "localhost"],
    ["short form", "127.1"],
  ])("of %s, %s, is not", (_what, address) => expect(isPublicAddress(address)).toBe(false));

  test("of this machine is known as such", () => {
    expect(["127.0.0.1", "::1"].every(isLoopbackAddress)).toBe(true);
    expect(["10.0.0.1", "::2", "localhost"].some(isLoopbackAddress)).toBe(false);
  });
});

describe("a download", () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  async function serve(paths: Readonly<Record<string, { status?: number; location?: string; body?: string }>>) {
    let asked = 0;
    server = createServer(({ url = "" }, response) => {
      asked++;
      const { status = 200, location, body = "" } = paths[url] ?? { status: 404 };
      response.writeHead(status, location === undefined ? {} : { location }).end(body);
    });
    await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return { port, base: `http://127.0.0.1:${port}`, asked: () => asked };
  }

  const options: DownloadOptions = { maxBytes: 5, timeoutMs: 240_000, allowLoopback: true };
  const text = async (url: string, changed: Partial<DownloadOptions> = {}) =>
    Buffer.from(await download(url, { ...options, ...changed })).toString();

  test("gives the bytes", async () => {
    const { base } = await serve({ "/a": { body: "input" } });
    expect(await text(`${base}/a`)).toBe("input");
  });

  test("of a byte too many is refused, however it is announced", async () => {
    const { base } = await serve({ "/a": { body: "inputs" } });
    await expect(text(`${base}/a`)).rejects.toThrow("at most 5 bytes");
  });

  test("from this machine needs the option, by address and by name", async () => {
    const { port, asked } = await serve({ "/a": { body: "x" } });
    for (const host of ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"]) {
      await expect(text(`http://${host}:${port}/a`, { allowLoopback: false })).rejects.toThrow("a public address");
    }
    expect(asked()).toBe(0);
  });

  test("goes to an address that was checked, of a name that has others too", async () => {
    const { port } = await serve({ "/a": { body: "x" } });
    const resolve = async () => [
      { address: "10.0.0.1", family: 4 },
      { address: "127.0.0.1", family: 4 },
    ];
    expect(await text(`http://inputs.example:${port}/a`, { resolve })).toBe("x");
  });

  test("asks for a name once, so that a second answer cannot lead elsewhere", async () => {
    const { port } = await serve({ "/a": { body: "x" } });
    let looks = 0;
    const resolve = async () => [{ address: looks++ === 0 ? "127.0.0.1" : "10.0.0.1", family: 4 }];
    expect(await text(`http://inputs.example:${port}/a`, { resolve })).toBe("x");
    expect(looks).toBe(1);
  });

  test("of a name that gives only private addresses is refused", async () => {
    const resolve = async () => [{ address: "192.168.0.1", family: 4 }];
    await expect(text("http://inputs.example/a", { resolve })).rejects.toThrow("192.168.0.1 from inputs.example");
  });

  test("follows redirects, three of them, each checked", async () => {
    const { base } = await serve({
      "/0": { status: 302, location: "/1" },
      "/1": { status: 307, location: "/2" },
      "/2": { status: 301, location: "/3" },
      "/3": { body: "x" },
      "/loop": { status: 302, location: "/loop" },
      "/inside": { status: 302, location: "http://169.254.169.254/latest" },
      "/file": { status: 302, location: "file:///etc/passwd" },
    });
    expect(await text(`${base}/0`)).toBe("x");
    await expect(text(`${base}/loop`)).rejects.toThrow("redirects");
    await expect(text(`${base}/inside`)).rejects.toThrow("169.254.169.254");
    await expect(text(`${base}/file`)).rejects.toThrow("an http or https address");
  });

  test("is tried again after a server's fault, not after its refusal", async () => {
    const { base } = await serve({ "/busy": { status: 503 }, "/limit": { status: 429 }, "/gone": { status: 410 } });
    await expect(text(`${base}/busy`)).rejects.toMatchObject({ retryable: true });
    await expect(text(`${base}/limit`)).rejects.toMatchObject({ retryable: true });
    await expect(text(`${base}/gone`)).rejects.toMatchObject({ retryable: false });
    await expect(text("http://127.0.0.1:9/a")).rejects.toMatchObject({ retryable: true });
  });

  test.each(["ftp://example.org/a", "http://user@example.org/a", "not an address", "//example.org"])(
    "from %s is not tried",
    (url) => expect(text(url)).rejects.toThrow("not usable"),
  );

  test("ends with its time limit", async () => {
    server = createServer(() => undefined);
    await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await expect(text(`http://127.0.0.1:${port}/a`, { timeoutMs: 50 })).rejects.toMatchObject({ retryable: true });
    server.closeAllConnections();
  });
});

describe("sources", () => {
  const config = {
    inputSources: ["https://inputs.example/{hash}.bin"],
    ipfsGateway: "https://gateway.example/",
    inputTimeoutMs: 1000,
    maxInputBytes: 100,
    inputAllowLoopback: false,
  };
  const inputHash = `0x${"ab".repeat(32)}` as const;

  test("are the request's, then the operator's", () => {
    const own = `https://inputs.example/${inputHash}.bin`;
    expect(sourcesOf({ inputUri: "", inputHash }, config)).toEqual([own]);
    expect(sourcesOf({ inputUri: "ipfs://cid/file", inputHash }, config)).toEqual([
      "https://gateway.example/ipfs/cid/file",
      own,
    ]);
  });

  test("may hold the bytes themselves", async () => {
    const read = (source: string) => readSource(source, 10, config, new AbortController().signal);
    expect([...(await read("data:application/octet-stream;base64,AQL/"))]).toEqual([1, 2, 255]);
    expect([...(await read("data:,%01%02%FF"))]).toEqual([1, 2, 255]);
  });
});
