/** A command session over test servers, and what it said. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import type { ClientError } from "../../src/client/ClusterError.ts"
import * as StandaloneClient from "../../src/client/StandaloneClient.ts"
import type { CommandSession, SessionReply } from "../../src/app/repl/session/CommandSession.ts"
import * as Session from "../../src/app/repl/session/Session.ts"
import * as Resp from "../../src/protocol/Resp.ts"

export interface TestSession extends CommandSession {
  readonly notices: ReadonlyArray<string>
  /** The reply as plain JavaScript; "silence" or "messages" when there is none. */
  readonly say: (line: string) => Effect.Effect<unknown, ClientError>
}

export const makeSession = (
  seed: { readonly host: string; readonly port: number },
  settings: { readonly isCluster?: boolean; readonly protocol?: 2 | 3; readonly database?: number } = {}
): Effect.Effect<TestSession, unknown, Scope.Scope> => {
  const { database = 0, isCluster = false, protocol = 2 } = settings
  const notices: Array<string> = []
  return Effect.map(
    Session.make({
      isCluster,
      login: { username: undefined, password: undefined, protocol },
      database,
      commandTimeout: Infinity,
      onNotice: (text) => notices.push(text),
      onPush: () => {},
      describe: String,
      connect: ({ password, protocol, username }) => {
        const options = {
          seeds: [seed],
          credentials: password === undefined ? undefined : { username, password },
          protocol,
          database: isCluster ? undefined : database
        }
        return isCluster ? ClusterClient.make(options) : StandaloneClient.make(options)
      }
    }),
    (session) => ({
      get state() {
        return session.state
      },
      get client() {
        return session.client
      },
      notices,
      execute: (command) => session.execute(command),
      executeMany: (commands) => session.executeMany(commands),
      say: (line) => Effect.map(session.execute(line.split(" ")), plainReply)
    })
  )
}

export const plainReply = (said: SessionReply): unknown => {
  switch (said._tag) {
    case "Answer":
      return plain(said.reply)
    case "Silence":
      return "silence"
    case "Messages":
      return "messages"
  }
}

export const plain = (value: Resp.RespValue): unknown => {
  switch (value._tag) {
    case "Integer":
    case "Boolean":
    case "Double":
      return value.value
    case "SimpleError":
      return `-${value.value}`
    case "Array":
    case "Push":
    case "Set":
      return value.value.map(plain)
    case "Map":
      return Object.fromEntries(value.value.map(([key, item]) => [String(plain(key)), plain(item)]))
    default:
      return Resp.text(value) ?? null
  }
}

/** Awaits the condition, for what happens on its own. */
export const until = (condition: () => boolean): Effect.Effect<void> =>
  Effect.repeat(Effect.sleep("10 millis"), { until: condition }).pipe(Effect.asVoid)
