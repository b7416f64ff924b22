/**
 * Every key of every master, a page at a time: the masters in parallel, each
 * asked for one page and what is to be known of its keys before the next, so
 * that no server has more than that to do for us at once.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import { scan } from "../../../client/scan/Scan.ts"
import { masters } from "../../../protocol/ClusterTopology.ts"
import type { CommandError } from "../../../client/commands/TypedCommand.ts"
import type { CommandArguments } from "../../../protocol/Resp.ts"
import { CommandFailure, reported } from "../../CommandFailure.ts"
import type { BuiltinContext } from "../builtin/Builtin.ts"
import type { KeySelection } from "../CliSettings.ts"
import { wordText } from "../nodes/NodeAnswers.ts"

/** As in redis-cli, the pause comes once for so many pages. */
const PAGES_PER_PAUSE = 100

export const walkKeys = <E>(
  client: RedisCommands,
  selection: KeySelection,
  pauseMs: number | undefined,
  visit: (keys: ReadonlyArray<Uint8Array>) => Effect.Effect<void, E>
): Effect.Effect<void, CommandError | E> =>
  Effect.gen(function* () {
    const nodes = masters(yield* client.topology).length
    // One page after the other when there is to be a pause, so that it holds up all of them.
    const concurrency = pauseMs === undefined ? Math.max(1, nodes) : 1
    let pages = 0
    const pause = Effect.suspend(() =>
      pauseMs !== undefined && ++pages % PAGES_PER_PAUSE === 0 ? Effect.sleep(pauseMs) : Effect.void
    )
    const keys = scan(client, {
      match: selection.pattern,
      type: selection.type,
      count: selection.count,
      concurrency,
      bytes: true
    })
    yield* Stream.chunks(keys).pipe(
      Stream.mapEffect((page) => Effect.zipLeft(visit(Chunk.toReadonlyArray(page)), pause), {
        concurrency,
        unordered: true
      }),
      Stream.runDrain
    )
  })

/** How many keys there are, by DBSIZE; `undefined` when that cannot be asked. */
export const countKeys = (client: RedisCommands): Effect.Effect<number | undefined> =>
  Effect.map(Effect.option(client.execute("DBSIZE")), (reply) =>
    reply._tag === "Some" ? Number(reply.value.value) : undefined
  )

/** Which keys: as the options say, or by the pattern that stands as a word behind the built-in. */
export const selectionOf = (words: CommandArguments, { keys }: BuiltinContext): KeySelection =>
  words.length < 2 ? keys : { ...keys, pattern: wordText(words[1]) }

export const walkFailed =
  (what: string) =>
  (error: CommandError): CommandFailure => {
    const { message, node, tag } = reported(error)
    return new CommandFailure({ tag, node, message: `${what}: ${message}` })
  }
