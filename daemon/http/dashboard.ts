/** Serves the built web page: index.html at /, its scripts and styles under /assets. */
import { existsSync } from "node:fs";
import { serveStatic } from "@hono/node-server/serve-static";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { secureHeaders } from "hono/secure-headers";
import { ConfigError } from "../errors.ts";

export function addDashboard(app: OpenAPIHono, folder: string): void {
  if (!existsSync(`${folder}/index.html`)) {
    throw new ConfigError("the dashboard is not built", {
      expected: "index.html",
      got: folder,
      remedy: "give the folder that `buildDashboard` of dashboard/build.ts returns",
    });
  }
  // The page loads nothing from elsewhere and talks to this daemon alone.
  const self = ["'self'"];
  const headers = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: self,
      imgSrc: [...self, "data:"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    // Plain HTTP on a loopback address has no upgrade.
    strictTransportSecurity: false,
  });
  const files = serveStatic({ root: folder });
  app.get("/", headers, files);
  app.get("/assets/*", headers, files);
}
