import { describe, expect, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { connectAdvice } from "../../src/app/ConnectAdvice.ts"
import { ConnectionError } from "../../src/connection/ConnectionError.ts"

const error = (reason: ConnectionError["reason"], detail: string): ConnectionError =>
  new ConnectionError({ reason, sent: "no", node: "h:1", command: "CONNECT", detail })
const credentials = { password: Redacted.make("p") }

describe("ConnectAdvice", () => {
  it.each([
    ["Auth", "the server asks for a password", {}, "--askpass"],
    [
      "Auth",
      "the server refused the user name or password",
      { credentials },
      "check --username and --password"
    ],
    ["Tls", "the server does not speak TLS on this port", { tls: {} }, "leave --tls (-t) out"],
    ["Tls", "no TLS handshake within 5s; does the server speak TLS?", { tls: {} }, "leave --tls (-t) out"],
    ["Tls", "the server's certificate is not trusted (X); name its authority as ca", { tls: {} }, "--cacert"],
    ["Tls", "the server's certificate is for another name: x", { tls: {} }, "--sni"],
    ["Timeout", "no connection within 5s", {}, "--connect-timeout"],
    [
      "Connect",
      "the server closed the connection during the handshake; does it expect TLS?",
      {},
      "add --tls (-t)"
    ],
    ["Protocol", "unknown type byte 0x15", {}, "add --tls (-t)"]
  ] as const)("%s: %s", (reason, detail, options, advice) => {
    const text = connectAdvice(error(reason, detail), { credentials: undefined, tls: undefined, ...options })
    expect(text).toContain(advice)
    expect(text.startsWith(detail.split(";")[0])).toBe(true)
  })

  it("says nothing where there is nothing to say", () => {
    const refused = "connection refused; is a server running there?"
    expect(connectAdvice(error("Connect", refused), { credentials: undefined, tls: undefined })).toBe(refused)
  })
})
