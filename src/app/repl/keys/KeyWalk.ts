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

/**
 * Keys of a page, where nothing else is said. A server that is asked for 3000 is busy with that for 2.2 ms, with 1000 for
 * 0.7 ms (1 million keys, the two cores of server and client shared), after which there is more to be asked of each key.
 */
const LISTED = 3000
const MEASURED = 1000

/** As in redis-cli, the pause comes once for so many pages. */
const PAGES_PER_PAUSE = 100

export interface KeyWalk {
  readonly selection: KeySelection
  /** Milliseconds after each so many pages; `undefined` for none. */
  readonly pauseMs: number | undefined
  /** Whether what is done with a page waits for a server: then as many are in hand as there are masters. */
  readonly asksServers: boolean
}

export const walkKeys = <E>(
  client: RedisCommands,
  { asksServers, pauseMs, selection }: KeyWalk,
  visit: (keys: ReadonlyArray<Uint8Array>) => Effect.Effect<void, E>
): Effect.Effect<void, CommandError | E> =>
  Effect.gen(function* () {
    const nodes = masters(yield* client.topology).length
    // One page after the other when there is to be a pause, so that it holds up all of them.
    const concurrency = pauseMs === undefined ? Math.max(1, nodes) : 1
    let pages = 0
    const visitPage = (page: Chunk.Chunk<Uint8Array>): Effect.Effect<void, E> => {
      const visited = visit(Chunk.toReadonlyArray(page))
      if (pauseMs === undefined || ++pages % PAGES_PER_PAUSE !== 0) return visited
      return Effect.zipLeft(visited, Effect.sleep(pauseMs))
    }
    const keys = scan(client, {
      match: selection.pattern,
      type: selection.type,
      count: selection.count ?? (asksServers ? MEASURED : LISTED),
      concurrency,
      bytes: true
    })
    // A fiber for each page is half of the time of a walk, where there is nothing to wait for.
    yield* asksServers && concurrency > 1
      ? Stream.chunks(keys).pipe(
          Stream.mapEffect(visitPage, { concurrency, unordered: true }),
          Stream.runDrain
        )
      : Stream.runForEachChunk(keys, visitPage)
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
