/** Serves the routes with Node's HTTP server, until stopped. */
import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { ConfigError } from "../errors.ts";

export interface HttpServer {
  readonly url: string;
  stop(): Promise<void>;
}

export function startHttp(app: OpenAPIHono, { host, port }: { host: string; port: number }): Promise<HttpServer> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, (info) => {
      resolve({
        url: `http://${host.includes(":") ? `[${host}]` : host}:${info.port}`,
        stop: () =>
          new Promise((done) => {
            server.close(() => done());
            // Event streams never end by themselves.
            server.closeAllConnections();
          }),
      });
    }) as Server;
    server.once("error", (cause) => {
      reject(
        new ConfigError("the HTTP interface cannot listen", {
          got: cause.message,
          remedy: "set `host` and `port`",
          cause,
        }),
      );
    });
  });
}
