/** The variables by which every command of ours connects to the sandbox without an option. */
import * as Redacted from "effect/Redacted"
import type { Sandbox } from "./Sandbox.ts"

/**
 * A variable that is `undefined` must not be set: a password or certificate from outside is none of the sandbox's.
 */
export const sandboxEnvironment = (
  sandbox: Pick<Sandbox, "mode" | "password" | "seed" | "tls">
): Readonly<Record<string, string | undefined>> => ({
  REDIS_CLIENT_HOST: sandbox.seed.host,
  REDIS_CLIENT_PORT: String(sandbox.seed.port),
  REDIS_CLIENT_CLUSTER: sandbox.mode === "cluster" ? "1" : "0",
  REDIS_CLIENT_TLS: sandbox.tls === undefined ? "0" : "1",
  REDIS_CLIENT_CACERT: sandbox.tls?.files.ca,
  REDISCLI_AUTH: sandbox.password === undefined ? undefined : Redacted.value(sandbox.password)
})
