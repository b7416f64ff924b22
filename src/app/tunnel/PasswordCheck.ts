/** Whether a client knows the password of the tunnel itself. */
import * as Redacted from "effect/Redacted"
import { createHash, timingSafeEqual } from "node:crypto"

export const WRONG_PASSWORD = "WRONGPASS invalid username-password pair or user is disabled."
export const HELLO_WITHOUT_AUTH =
  "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"

/** In a time that depends neither on where they differ nor on the length of what is expected. */
export const isPassword = (expected: Redacted.Redacted, given: Uint8Array): boolean =>
  timingSafeEqual(digest(Buffer.from(Redacted.value(expected))), digest(given))

const digest = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest()
