/** The keys of one node, from its first to its last; those of slots that are to be seen, where slots matter. */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { Connection } from "../../connection/Connection.ts"
import { calculateSlot } from "../../protocol/HashSlot.ts"
import * as Resp from "../../protocol/Resp.ts"
import type { CommandArguments } from "../../protocol/Resp.ts"
import type { ClientError } from "../ClusterError.ts"
import type { CommandError } from "../commands/TypedCommand.ts"
import { array, bytes } from "../reply/FromResp.ts"
import { isSetback } from "../Pursuit.ts"
import type { RedisCommands } from "../RedisCommands.ts"
import type { ScanCoverage } from "./ScanCoverage.ts"
import { decodePage, processOf, readPage, type ScanPage, type ScanProcess, START } from "./ScanPage.ts"
import { type NodeSlots, ownSlotsText, parseNodeSlots } from "./ScanSlots.ts"
import type { ScanWalk } from "./ScanWalk.ts"

interface Place {
  readonly cursor: string
  /** Where the cursor means something; `undefined` before the first page. */
  readonly process: ScanProcess | undefined
  readonly walk: ScanWalk | undefined
  /** What the node said of its slots with the last page. */
  readonly slots: string
}

type Page = readonly [Chunk.Chunk<Uint8Array>, Option.Option<Place>]

/**
 * @param words what follows the cursor
 * @param coverage tells which slots to give, and is told which are done; for one server there is none
 */
export const scanNode = (
  client: RedisCommands,
  address: string,
  words: CommandArguments,
  coverage?: ScanCoverage
): Stream.Stream<Uint8Array, CommandError> => {
  const read = (last: Place): Effect.Effect<Page, CommandError> =>
    Effect.gen(function* () {
      const connection = yield* client.connectTo(address)
      const process = yield* processOf(connection)
      const isStart = process !== last.process
      const command = ["SCAN", isStart ? START : last.cursor, ...words]
      if (coverage === undefined) {
        const { cursor, items } = yield* readPage(connection, command, keys)
        return nextPage({ cursor, process, walk: undefined, slots: "" }, items)
      }
      const { nodes, page } = yield* readPageWithSlots(connection, command)
      const slots = ownSlotsText(nodes)
      const walk = isStart ? undefined : last.walk
      const current = walk ?? coverage.begin(address, parseNodeSlots(nodes))
      if (walk !== undefined && slots !== last.slots) walk.look(parseNodeSlots(nodes))
      if (page.cursor === START) current.end(yield* slotsOfAll(client, current.sources))
      return nextPage(
        { cursor: page.cursor, process, walk: current, slots },
        page.items.filter((key) => current.wants(calculateSlot(key)))
      )
    }).pipe(
      Effect.scoped,
      Effect.retry({
        // A node that hangs has nothing to say on another connection either.
        while: (error) =>
          isSetback(error, true) &&
          (coverage === undefined || error._tag !== "ConnectionError" || error.reason !== "Timeout"),
        // In a cluster another node may serve the slots by now.
        schedule: coverage === undefined ? untilAvailable(client) : Schedule.recurs(1)
      })
    )

  return Stream.paginateChunkEffect<Place, Uint8Array, CommandError, never>(
    { cursor: START, process: undefined, walk: undefined, slots: "" },
    read
  )
}

const keys = array(bytes)

const nextPage = (place: Place, items: ReadonlyArray<Uint8Array>): Page => [
  Chunk.unsafeFromArray(items as Array<Uint8Array>),
  place.cursor === START ? Option.none() : Option.some(place)
]

const untilAvailable = ({ retryPolicy }: RedisCommands): Schedule.Schedule<unknown, CommandError> =>
  Schedule.mapInput(retryPolicy.unavailable, (error: CommandError) => error as ClientError)

/** What nodes have at present, by their addresses; without those that do not say. */
const slotsOfAll = (
  client: RedisCommands,
  addresses: Iterable<string>
): Effect.Effect<ReadonlyMap<string, NodeSlots>> =>
  Effect.map(
    Effect.forEach(addresses, (address) =>
      client.executeOn(address, "CLUSTER", "NODES").pipe(
        Effect.map((reply) => [[address, parseNodeSlots(Resp.text(reply) ?? "")] as const]),
        Effect.orElseSucceed(() => [])
      )
    ),
    (found) => new Map(found.flat())
  )

/** A page, and what the node had in the same instant: a key that was away then, and so is not on its page, is known to be. */
const readPageWithSlots = (
  connection: Connection,
  command: CommandArguments
): Effect.Effect<{ readonly nodes: string; readonly page: ScanPage<Uint8Array> }, CommandError> =>
  Effect.gen(function* () {
    const replies = yield* connection.executeMany([["MULTI"], ["CLUSTER", "NODES"], command, ["EXEC"]])
    const [nodes = Resp.nullValue, page = Resp.nullValue] = Resp.elements(replies[3]) ?? []
    const refusal = [...replies, nodes].find(Resp.isError)
    return {
      page: yield* decodePage(connection, "SCAN", refusal ?? page, keys),
      nodes: Resp.text(nodes) ?? ""
    }
  })
