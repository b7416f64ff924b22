/** What an idle client keeps, and 1000 commands that await their reply, side by side. */
import * as Effect from "effect/Effect"
import type { Sandbox } from "../../src/app/sandbox/Sandbox.ts"
import * as Connection from "../../src/connection/Connection.ts"
import type { ConnectionError } from "../../src/connection/ConnectionError.ts"
import type { CommandArguments } from "../../src/protocol/Resp.ts"
import { spreadOf } from "./Measurements.ts"
import * as SideClient from "./SideClient.ts"
import { SIDES } from "./Sides.ts"

/** Bytes. */
export interface HeapRow {
  readonly side: string
  readonly idle: number
  readonly queued: number
}

/** Enough that one more client, and one more chunk of a queue, is not lost in the noise. */
const CLIENTS = 20
const COMMANDS = 10_000
const REPEATS = 3
/** Should nobody take it back. */
const PAUSE_MS = "30000"

/** Sides that differ in nothing that stays in memory are measured once. */
const MEASURED: ReadonlyArray<string> = SIDES.map(({ name }) => name).filter(
  (name) => name !== "ioredis, `pipeline()` per master"
)

const tellMasters = (sandbox: Sandbox, command: CommandArguments): Effect.Effect<void, ConnectionError> =>
  Effect.forEach(
    sandbox.nodes,
    ({ server: { host, port } }) =>
      Effect.scoped(
        Effect.flatMap(Connection.connect({ host, port }), (connection) =>
          connection.execute(String(command[0]), ...command.slice(1))
        )
      ),
    { concurrency: "unbounded", discard: true }
  )

/** Reads go on, so that a client that becomes suspicious finds the servers in order. */
const holdingWrites = <A, E>(
  sandbox: Sandbox,
  effect: Effect.Effect<A, E>
): Effect.Effect<A, E | ConnectionError> =>
  Effect.acquireUseRelease(
    tellMasters(sandbox, ["CLIENT", "PAUSE", PAUSE_MS, "WRITE"]),
    () => effect,
    () => Effect.orDie(tellMasters(sandbox, ["CLIENT", "UNPAUSE"]))
  )

/**
 * The idle clients of all sides at once: they differ in memory, which they do
 * not share, and not in time. The queues in turn, since the servers hold all writes back or none.
 */
export const compareHeap = (
  sandbox: Sandbox
): Effect.Effect<ReadonlyArray<HeapRow>, SideClient.SideFailure | ConnectionError> =>
  Effect.gen(function* () {
    const clients = yield* Effect.forEach(MEASURED, (side) => SideClient.start(side, sandbox.seed))
    const idle = yield* Effect.forEach(
      clients,
      (client) => client.heap({ kind: "idle-heap", clients: CLIENTS }),
      { concurrency: "unbounded" }
    )
    const queued = yield* Effect.replicateEffect(
      Effect.zipLeft(
        Effect.forEach(clients, (client) =>
          holdingWrites(sandbox, client.heap({ kind: "queued-heap", commands: COMMANDS }))
        ),
        Effect.forEach(clients, (client) => client.rest, { concurrency: "unbounded" })
      ),
      REPEATS
    )
    return MEASURED.map((side, index) => ({
      side,
      idle: idle[index].bytes,
      queued: spreadOf(queued.map((results) => results[index].bytes)).median
    }))
  }).pipe(Effect.scoped)
