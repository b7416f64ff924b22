/** Slots moved by hand from one master to another, step by step, so that a test can look in between. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { SandboxNode } from "../../src/app/sandbox/Sandbox.ts"
import * as Connection from "../../src/connection/Connection.ts"
import {
  type BulkString,
  type CommandArguments,
  elements,
  isError,
  type RespValue
} from "../../src/protocol/Resp.ts"

export interface SlotMove {
  /** Takes up to so many keys of the slot to the target, all of them unless told; gives back how many. */
  readonly migrateKeys: (count?: number) => Effect.Effect<number>
  /** Migrates what is left and gives the slot to the target, at every master: from here on it is MOVED. */
  readonly finish: Effect.Effect<void>
  /** Leaves the slot where it was; keys that have been migrated stay at the target, unreachable. */
  readonly cancel: Effect.Effect<void>
}

export interface Movers {
  readonly from: SandboxNode
  readonly to: SandboxNode
  /** All of them are told of the new owner; gossip would take a second. */
  readonly masters: ReadonlyArray<SandboxNode>
  readonly password: Redacted.Redacted<string> | undefined
}

const MIGRATE_TIMEOUT_MS = 5000
const KEYS_AT_ONCE = 1000

/** Sends commands that have to succeed. */
type Send = (
  node: SandboxNode,
  commands: ReadonlyArray<CommandArguments>
) => Effect.Effect<ReadonlyArray<RespValue>>

/** Marks the slot at both masters, each command on a connection of its own. */
export const beginSlotMove = (movers: Movers, slot: number): Effect.Effect<SlotMove> =>
  begin(movers, slot, sendOnce)

/** Moves the slots with all of their keys, one after the other. */
export const moveSlots = (movers: Movers, slots: ReadonlyArray<number>): Effect.Effect<void> =>
  Effect.scoped(
    Effect.gen(function* () {
      const connections = new Map<SandboxNode, Connection.Connection>()
      for (const node of movers.masters) connections.set(node, yield* connect(node))
      const send: Send = (node, commands) => {
        const connection = connections.get(node)
        return connection === undefined ? sendOnce(node, commands) : sendOn(node, connection, commands)
      }
      for (const slot of slots) yield* (yield* begin(movers, slot, send)).finish
    })
  )

const begin = (movers: Movers, slot: number, run: Send): Effect.Effect<SlotMove> => {
  const { from, masters, to } = movers
  const setSlot = (...words: CommandArguments): CommandArguments => ["CLUSTER", "SETSLOT", slot, ...words]
  const migrateKeys = (count: number = Number.MAX_SAFE_INTEGER): Effect.Effect<number> =>
    Effect.gen(function* () {
      let moved = 0
      while (moved < count) {
        const most = Math.min(count - moved, KEYS_AT_ONCE)
        const [found] = yield* run(from, [["CLUSTER", "GETKEYSINSLOT", slot, most]])
        const keys = (elements(found) ?? []).filter(isBulkString).map(({ value }) => value)
        if (keys.length === 0) break
        yield* run(from, [migrateCommand(movers, keys)])
        moved += keys.length
      }
      return moved
    })
  const give = Effect.forEach(
    // The target first: otherwise there is a moment in which nobody wants the slot.
    [to, from, ...masters.filter((node) => node !== to && node !== from)],
    (node) => run(node, [setSlot("NODE", to.id)]),
    { discard: true }
  )
  return run(to, [setSlot("IMPORTING", from.id)]).pipe(
    Effect.zipRight(run(from, [setSlot("MIGRATING", to.id)])),
    Effect.as({
      migrateKeys,
      finish: Effect.zipRight(migrateKeys(), give),
      cancel: Effect.forEach([from, to], (node) => run(node, [setSlot("STABLE")]), { discard: true })
    })
  )
}

const migrateCommand = ({ password, to }: Movers, keys: ReadonlyArray<Uint8Array>): CommandArguments => [
  "MIGRATE",
  to.server.host,
  to.server.port,
  "",
  0,
  MIGRATE_TIMEOUT_MS,
  ...(password === undefined ? [] : ["AUTH", Redacted.value(password)]),
  "KEYS",
  ...keys
]

const connect = (node: SandboxNode) => Effect.orDie(Connection.connect(node.server.connectionOptions))

const sendOnce: Send = (node, commands) =>
  Effect.scoped(Effect.flatMap(connect(node), (connection) => sendOn(node, connection, commands)))

const sendOn = (
  node: SandboxNode,
  connection: Connection.Connection,
  commands: ReadonlyArray<CommandArguments>
): Effect.Effect<ReadonlyArray<RespValue>> =>
  Effect.tap(Effect.orDie(connection.executeMany(commands)), (replies) => {
    const refusal = replies.find(isError)
    return refusal === undefined
      ? Effect.void
      : Effect.dieMessage(
          `${node.address} answered ${commands[0].slice(0, 2).join(" ")} with ${refusal.value}`
        )
  })

const isBulkString = (value: RespValue): value is BulkString => value._tag === "BulkString"
