/** The session of `cli`: connects as the options say, and as AUTH and HELLO say later. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { reported } from "../CommandFailure.ts"
import { connect, type ConnectFailure, type ConnectPolicy, withPassword } from "../ConnectLayer.ts"
import type { ConnectSettings } from "../ConnectSettings.ts"
import { statusLine } from "../StatusLine.ts"
import type { CommandSession } from "./session/CommandSession.ts"
import * as Session from "./session/Session.ts"

export interface CliSessionOptions {
  readonly connect: ConnectSettings
  readonly protocol: 2 | 3
  /** Milliseconds; `Infinity` where a person decides how long to wait. */
  readonly commandTimeout?: number
  readonly onNotice?: Session.SessionOptions<ConnectFailure>["onNotice"]
  readonly onPush?: Session.SessionOptions<ConnectFailure>["onPush"]
}

export const makeCliSession = (
  options: CliSessionOptions
): Effect.Effect<CommandSession, ConnectFailure, Scope.Scope> =>
  Effect.gen(function* () {
    const settings = yield* withPassword(options.connect)
    const policy: ConnectPolicy = {
      clusterWithoutFlag: "notice",
      // Looking at what is wrong with a cluster is what this is for.
      uncoveredSlots: "allow"
    }
    return yield* Session.make({
      connect: ({ password, protocol, username }) =>
        Effect.map(
          connect(
            { ...settings, username: username ?? settings.username, password: password ?? settings.password },
            { ...policy, protocol: protocol ?? options.protocol }
          ),
          ({ client }) => client
        ),
      isCluster: settings.cluster,
      login: { username: settings.username, password: settings.password, protocol: options.protocol },
      database: settings.database,
      commandTimeout: options.commandTimeout ?? Duration.toMillis(settings.commandTimeout),
      describe: (error) => reported(error).message,
      onNotice: options.onNotice ?? ((text) => statusLine().print(`redis-client: ${text}`)),
      onPush: options.onPush ?? (() => {})
    })
  })
