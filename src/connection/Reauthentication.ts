/** Credentials that expire are renewed on a connection before they do, so that it need not be dropped. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Resp from "../protocol/Resp.ts"
import type { Connection } from "./Connection.ts"
import type { ConnectionError } from "./ConnectionError.ts"
import type { ConnectionOptions, Credentials } from "./ConnectionOptions.ts"

/** The share of their life after which credentials are renewed. */
export const RENEWAL_SHARE = 0.8

/**
 * Runs as long as the connection: waits, evaluates the options again, sends
 * AUTH. A connection whose AUTH is refused is closed, so that the next one
 * starts with new credentials and says why it cannot.
 */
export const keepAuthenticated = (
  connection: Connection,
  options: Effect.Effect<ConnectionOptions, ConnectionError>,
  first: Credentials | undefined
): Effect.Effect<void> =>
  Effect.gen(function* () {
    let credentials = first
    while (credentials?.timeToLive !== undefined) {
      yield* Effect.sleep(Duration.times(credentials.timeToLive, RENEWAL_SHARE))
      const renewed = (yield* options).credentials
      if (renewed === undefined) return
      const reply = yield* connection.execute(
        "AUTH",
        renewed.username ?? "default",
        Redacted.value(renewed.password)
      )
      if (Resp.isError(reply))
        return connection.pipeline.close("Auth", "the server refused the renewed credentials")
      credentials = renewed
    }
  }).pipe(
    Effect.catchAll(() =>
      Effect.sync(() => connection.pipeline.close("Auth", "the credentials could not be renewed"))
    )
  )
