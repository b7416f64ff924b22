/**
 * The stream behind SUBSCRIBE, PSUBSCRIBE, SSUBSCRIBE and MONITOR: a connection
 * given over to it, and another one when that is lost or the channel's slot has
 * moved. What was sent meanwhile is lost, and the person is told so.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { ClientError } from "../../../client/ClusterError.ts"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import { classifyError } from "../../../protocol/Redirection.ts"
import { type CommandArguments, elements, isError, type RespValue, text } from "../../../protocol/Resp.ts"
import { MessageSource } from "./MessageSource.ts"

export interface MessagesOptions {
  readonly client: RedisCommands
  readonly command: CommandArguments
  /** Which node to ask, each time anew: the owner of a sharded channel changes. */
  readonly place: Effect.Effect<string, ClientError>
  readonly onNotice: (text: string) => void
}

/** Between two attempts to have a connection again. */
const FIRST_WAIT: Duration.Duration = Duration.millis(100)
const LONGEST_WAIT: Duration.Duration = Duration.seconds(1)

/** Ends by itself only when the server refuses the command. */
export const messages = (options: MessagesOptions): Stream.Stream<RespValue, ClientError> =>
  attempt(options, open(options))

const attempt = (
  options: MessagesOptions,
  opening: Effect.Effect<MessageSource, ClientError, Scope.Scope>
): Stream.Stream<RespValue, ClientError> => {
  let end: "refused" | "moved" | "lost" = "lost"
  let isFirst = true
  /** Whether the connection says nothing more that matters. */
  const isLast = (value: RespValue): boolean => {
    if (isFirst && isError(value)) end = classifyError(value.value) === "Moved" ? "moved" : "refused"
    else if (isRevoked(value)) end = "moved"
    isFirst = false
    return end !== "lost"
  }
  return Stream.unwrapScoped(
    Effect.map(opening, (source) => Stream.repeatEffectChunkOption(source.take))
  ).pipe(
    Stream.takeUntil(isLast),
    Stream.filter((value) => end !== "moved" || !isError(value)),
    Stream.concat(
      Stream.suspend(() => {
        if (end === "refused") return Stream.empty
        if (end === "lost") options.onNotice("the connection was lost; connecting again, Ctrl-C ends it")
        return attempt(options, openAgain(options))
      })
    )
  )
}

const open = ({
  client,
  command,
  place
}: MessagesOptions): Effect.Effect<MessageSource, ClientError, Scope.Scope> =>
  Effect.gen(function* () {
    const connection = yield* client.connectTo(yield* place)
    const source = new MessageSource(connection.takeSocket())
    yield* Effect.addFinalizer(() => Effect.sync(() => source.close()))
    source.send(command)
    return source
  })

const openAgain = (options: MessagesOptions): Effect.Effect<MessageSource, ClientError, Scope.Scope> =>
  Effect.ignore(options.client.refreshTopology).pipe(
    Effect.zipRight(open(options)),
    Effect.delay(FIRST_WAIT),
    Effect.retry(Schedule.union(Schedule.exponential(FIRST_WAIT), Schedule.spaced(LONGEST_WAIT))),
    Effect.tap(() => Effect.sync(() => options.onNotice("connected again; what was sent meanwhile is lost")))
  )

/** The slot of a sharded channel has gone to another node. */
const isRevoked = (value: RespValue): boolean => {
  const [type] = elements(value) ?? []
  return type !== undefined && text(type) === "sunsubscribe"
}
