/** Who may use the proxy, and as whom the cluster sees them. */
import type * as Redacted from "effect/Redacted"

/**
 * - `open`: everybody, as the user that the proxy itself logs in with. A client that says AUTH is judged by the
 *   cluster, and is that user from then on, with its rights.
 * - `users`: who knows the password of one of these users. The cluster sees the user that the proxy logs in with.
 */
export type ProxyAccess =
  | { readonly kind: "open" }
  | { readonly kind: "users"; readonly users: ReadonlyMap<string, Redacted.Redacted<string>> }

export const OPEN: ProxyAccess = { kind: "open" }
