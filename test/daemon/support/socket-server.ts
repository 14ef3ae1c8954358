/** A websocket server that answers as a node does, or not, as a test says. Just enough of RFC 6455 for short messages. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

const SUBSCRIPTION = "0xcafe";

export interface SocketServer {
  readonly url: string;
  /** Connections that were made so far. */
  readonly connections: number;
  /** Subscriptions that were granted so far. */
  readonly subscriptions: number;
  /** Connections that are open now. */
  readonly open: number;
  /** The chain it says it serves. */
  chainId: number;
  /** While true, it ends every connection at once, and keeps its port from others. */
  down: boolean;
  /** While false, questions are taken in and not answered. */
  answers: boolean;
  /** Sends text to every open connection. */
  send(text: string): void;
  announce(blocks?: number): void;
  /** Cuts every open connection. */
  cut(): void;
  close(): Promise<void>;
}

/** On a free port. */
export async function startSocketServer(chainId: number): Promise<SocketServer> {
  const open = new Set<Duplex>();
  const counts = { connections: 0, subscriptions: 0 };
  const server = createServer();

  const reply = (socket: Duplex, { id, method }: { id: number; method: string }): void => {
    if (!it.answers) return;
    if (method === "eth_subscribe") counts.subscriptions++;
    const result = method === "eth_chainId" ? `0x${it.chainId.toString(16)}` : SUBSCRIPTION;
    socket.write(frameOf(JSON.stringify({ jsonrpc: "2.0", id, result })));
  };

  server.on("connection", (socket) => void (it.down && socket.destroy()));
  server.on("upgrade", (request, socket) => {
    counts.connections++;
    open.add(socket);
    // Node's HTTP server leaves it to the handler to answer the other side's end.
    socket.on("end", () => socket.destroy());
    socket.on("close", () => open.delete(socket)).on("error", () => undefined);
    const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash("sha1").update(key).digest("base64");
    const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
    socket.write([...head, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n"));
    let received = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      for (let next = messageIn(received); next !== undefined; next = messageIn(received)) {
        received = received.subarray(next.bytes);
        if (next.text !== undefined) reply(socket, JSON.parse(next.text));
      }
    });
  });

  const it: SocketServer = {
    url: "",
    get connections() {
      return counts.connections;
    },
    get subscriptions() {
      return counts.subscriptions;
    },
    get open() {
      return open.size;
    },
    chainId,
    answers: true,
    down: false,
    send: (text) => {
      for (const socket of open) socket.write(frameOf(text));
    },
    announce: (blocks = 1) => {
      const params = { subscription: SUBSCRIPTION, result: {} };
      const text = JSON.stringify({ jsonrpc: "2.0", method: "eth_subscription", params });
      for (let block = 0; block < blocks; block++) it.send(text);
    },
    cut: () => {
      for (const socket of open) socket.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.defineProperty(it, "url", { value: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

/** A text frame of less than 64 KiB. */
function frameOf(text: string): Buffer {
  const body = Buffer.from(text);
  const head = body.length < 126 ? [0x81, body.length] : [0x81, 126, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from(head), body]);
}

/** The first whole frame of a client, which is masked and short; without `text` when it is no text. */
function messageIn(bytes: Buffer): { bytes: number; text?: string } | undefined {
  if (bytes.length < 6) return undefined;
  const length = bytes[1]! & 127;
  if (bytes.length < 6 + length) return undefined;
  const mask = bytes.subarray(2, 6);
  const text = Buffer.from(bytes.subarray(6, 6 + length).map((byte, index) => byte ^ mask[index % 4]!)).toString();
  return { bytes: 6 + length, ...((bytes[0]! & 15) === 1 ? { text } : {}) };
}
