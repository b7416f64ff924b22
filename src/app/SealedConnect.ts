/**
 * How to connect as plain data, which survives the way to a worker process or a
 * worker thread. It goes from memory to memory: the password is in no argument
 * and no environment.
 */
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import type { ConnectSettings } from "./ConnectSettings.ts"

export interface SealedConnect extends Omit<
  ConnectSettings,
  "password" | "connectTimeout" | "commandTimeout"
> {
  readonly password: string | undefined
  /** Milliseconds. */
  readonly connectTimeout: number
  readonly commandTimeout: number
}

export const seal = (connect: ConnectSettings): SealedConnect => ({
  ...connect,
  password: connect.password === undefined ? undefined : Redacted.value(connect.password),
  connectTimeout: Duration.toMillis(connect.connectTimeout),
  commandTimeout: Duration.toMillis(connect.commandTimeout)
})

export const unseal = (sealed: SealedConnect): ConnectSettings => ({
  ...sealed,
  password: sealed.password === undefined ? undefined : Redacted.make(sealed.password),
  connectTimeout: Duration.millis(sealed.connectTimeout),
  commandTimeout: Duration.millis(sealed.commandTimeout)
})
