/** What routes share: documented answers, faults, and the bearer token. */
import { timingSafeEqual } from "node:crypto";
import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { faultSchema } from "./schemas.ts";

export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  content: { "application/json": { schema } },
  description,
});

export const faultAnswer = (description: string) => json(faultSchema, description);

export function fault<S extends 400 | 401 | 404 | 413 | 415 | 500>(
  c: Context,
  status: S,
  name: string,
  message: string,
) {
  return c.json({ error: { name, message } }, status);
}

export function isAuthorized(c: Context, token: string | undefined): boolean {
  if (token === undefined) return true;
  const given = Buffer.from(c.req.header("authorization") ?? "");
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
