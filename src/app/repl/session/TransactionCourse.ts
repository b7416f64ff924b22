/**
 * WATCH, MULTI, EXEC and what stands between them.
 *
 * In a cluster a transaction lives on the node of its keys, which the first key
 * says: MULTI and commands without a key are held back until then. A key of
 * another slot is refused here, and EXEC then, as after any command that a
 * server refuses to queue.
 *
 * When the connection is lost, the rest of the transaction must not be executed
 * outside of it: everything up to EXEC or DISCARD is refused then.
 */
import * as Effect from "effect/Effect"
import type { ClientError } from "../../../client/ClusterError.ts"
import { ConnectionError } from "../../../connection/ConnectionError.ts"
import { PipelineFailure } from "../../../connection/PipelineFailure.ts"
import { commandSlot, CROSS_SLOT, lookupCommand, NO_KEY } from "../../../protocol/CommandTable.ts"
import { classifyError } from "../../../protocol/Redirection.ts"
import * as Resp from "../../../protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../../../protocol/Resp.ts"
import { nameOf } from "./CommandName.ts"
import type { SessionLink } from "./SessionLink.ts"
import type { OpenTransaction, SessionMemory } from "./SessionMemory.ts"
import type { StatefulCommand } from "./StatefulCommand.ts"

type Outcome = Effect.Effect<RespValue, ClientError>

export interface TransactionCourse {
  readonly watch: (command: CommandArguments) => Outcome
  readonly unwatch: (command: CommandArguments) => Outcome
  readonly multi: (command: CommandArguments) => Outcome
  /** A command between MULTI and EXEC, these two included. */
  readonly within: (
    transaction: OpenTransaction,
    command: CommandArguments,
    stateful: StatefulCommand | undefined
  ) => Outcome
}

export const make = <E>(
  link: SessionLink<E>,
  memory: SessionMemory,
  isCluster: boolean
): TransactionCourse => {
  const askAt = (node: string, command: CommandArguments): Outcome =>
    Effect.flatMap(link.get(node), (connection) => link.ask(connection, command))

  const watch = (command: CommandArguments): Outcome =>
    Effect.gen(function* () {
      const slot = isCluster ? slotOf(command) : undefined
      if (slot === CROSS_SLOT) return crossSlot("the keys belong to different slots")
      const { watched } = memory
      if (watched !== undefined && !watched.isLost && watched.slot !== slot) {
        return crossSlot(`keys of slot ${watched.slot} are watched, and this is slot ${slot}; UNWATCH first`)
      }
      return yield* whereItBelongs(
        Effect.gen(function* () {
          const node = slot === undefined ? memory.node : yield* link.serverOf(slot, command)
          const connection = yield* link.get(node)
          const reply = yield* link.ask(connection, command)
          if (!Resp.isError(reply)) memory.watched = { connection, slot, isLost: false }
          return reply
        })
      )
    })

  /** Once more when the slot has gone elsewhere, which the cluster is asked about. */
  const whereItBelongs = (attempt: Outcome): Outcome =>
    Effect.flatMap(attempt, (reply) =>
      isCluster && Resp.isError(reply) && classifyError(reply.value) === "Moved"
        ? Effect.zipRight(Effect.ignore(link.client.refreshTopology), attempt)
        : Effect.succeed(reply)
    )

  const unwatch = (command: CommandArguments): Outcome =>
    Effect.suspend(() => {
      const node = memory.watched?.connection.node ?? memory.node
      memory.watched = undefined
      return askAt(node, command)
    })

  const multi = (command: CommandArguments): Outcome =>
    Effect.gen(function* () {
      const { watched } = memory
      if (watched?.isLost === true) {
        memory.watched = undefined
        return Resp.simpleError(
          "ERR the keys are not watched any more, since the connection was lost; WATCH them again, or MULTI without"
        )
      }
      const transaction: OpenTransaction = {
        connection: undefined,
        slot: watched?.slot,
        length: 0,
        held: [],
        database: undefined,
        isTainted: false,
        isLost: false
      }
      if (command.length === 1 && isCluster && watched === undefined) {
        memory.transaction = transaction
        return Resp.ok
      }
      const connection = watched?.connection ?? (yield* link.get(memory.node))
      const reply = yield* link.ask(connection, command)
      if (!Resp.isError(reply)) memory.transaction = { ...transaction, connection }
      return reply
    })

  /** Opens the transaction at the node and sends what was held back, the last of it the command at hand. */
  const begin = (transaction: OpenTransaction, node: string): Outcome =>
    Effect.gen(function* () {
      const connection = yield* link.get(node)
      const commands = [["MULTI"], ...transaction.held]
      // Known before it is sent, so that it is lost with the connection.
      transaction.connection = connection
      const outcomes = yield* link.exchange(connection, commands)
      const failure = outcomes.find((outcome) => outcome instanceof PipelineFailure)
      if (failure !== undefined) {
        return yield* ConnectionError.of(node, nameOf(commands[commands.length - 1]), failure)
      }
      memory.node = node
      const replies = outcomes as ReadonlyArray<RespValue>
      const refused = replies.find(Resp.isError)
      if (refused === undefined) return replies[replies.length - 1]
      if (classifyError(refused.value) === "Moved") {
        yield* link.ask(connection, ["DISCARD"])
        transaction.connection = undefined
      }
      return refused
    }).pipe(
      // What was not queued must not be missing from what EXEC executes.
      Effect.tapError(() =>
        Effect.sync(() => {
          transaction.isTainted = true
        })
      )
    )

  const queue = (transaction: OpenTransaction, command: CommandArguments): Outcome =>
    Effect.gen(function* () {
      const slot = isCluster ? slotOf(command) : NO_KEY
      if (slot === CROSS_SLOT || (slot >= 0 && transaction.slot !== undefined && slot !== transaction.slot)) {
        transaction.isTainted = true
        return crossSlot(
          slot === CROSS_SLOT
            ? "the keys belong to different slots; EXEC will refuse"
            : `the transaction is on slot ${transaction.slot}, and this key on ${slot}; EXEC will refuse`
        )
      }
      if (transaction.connection !== undefined) {
        const reply = yield* link.ask(transaction.connection, command)
        if (Resp.isError(reply)) return reply
        transaction.length++
        if (slot >= 0) transaction.slot ??= slot
        return reply
      }
      transaction.held.push(command)
      if (slot < 0) {
        transaction.length++
        return Resp.queued
      }
      transaction.slot = slot
      const reply = yield* whereItBelongs(
        Effect.flatMap(link.serverOf(slot, command), (node) => begin(transaction, node))
      )
      if (!Resp.isError(reply)) transaction.length++
      else if (transaction.connection === undefined) transaction.isTainted = true
      return reply
    })

  const finish = (transaction: OpenTransaction, command: CommandArguments, isExec: boolean): Outcome =>
    Effect.gen(function* () {
      const end = (): void => {
        memory.transaction = undefined
        memory.watched = undefined
      }
      if (transaction.connection === undefined && (!isExec || transaction.isTainted)) {
        end()
        return isExec ? ABORTED : Resp.ok
      }
      const begun = transaction.connection === undefined ? yield* begin(transaction, memory.node) : Resp.ok
      const { connection } = transaction
      end()
      if (Resp.isError(begun) || connection === undefined) return begun
      if (isExec && transaction.isTainted) return yield* Effect.as(link.ask(connection, ["DISCARD"]), ABORTED)
      const reply = yield* link.ask(connection, command)
      if (isExec && transaction.database !== undefined && reply._tag === "Array") {
        memory.database = transaction.database
      }
      return reply
    })

  const withinLost = (stateful: StatefulCommand | undefined): RespValue => {
    if (stateful?._tag !== "Exec" && stateful?._tag !== "Discard") return LOST
    memory.transaction = undefined
    memory.watched = undefined
    return stateful._tag === "Exec" ? LOST_EXEC : Resp.ok
  }

  const within: TransactionCourse["within"] = (transaction, command, stateful) =>
    Effect.suspend(() => {
      if (transaction.isLost) return Effect.succeed(withinLost(stateful))
      switch (stateful?._tag) {
        case "Exec":
          return finish(transaction, command, true)
        case "Discard":
          return finish(transaction, command, false)
        case "Multi":
        case "Watch":
          return transaction.connection === undefined
            ? Effect.succeed(stateful._tag === "Multi" ? NESTED : WATCH_WITHIN)
            : link.ask(transaction.connection, command)
        case "Subscribe":
        case "Unsubscribe":
        case "Monitor":
        case "Login":
        case "Reset":
          transaction.isTainted = true
          return Effect.succeed(Resp.simpleError(`ERR ${nameOf(command)}: not between MULTI and EXEC`))
        case "Select":
          return Effect.tap(queue(transaction, command), (reply) => {
            if (!Resp.isError(reply)) transaction.database = stateful.database
            return Effect.void
          })
        default:
          return queue(transaction, command)
      }
    })

  return { watch, unwatch, multi, within }
}

const slotOf = (command: CommandArguments): number => {
  const spec = lookupCommand(command)
  return spec === undefined ? NO_KEY : commandSlot(spec, command)
}

const crossSlot = (detail: string): RespValue => Resp.simpleError(`CROSSSLOT ${detail}`)

/** In the words of Redis 7. */
const NESTED = Resp.simpleError("ERR MULTI calls can not be nested")
const WATCH_WITHIN = Resp.simpleError("ERR WATCH inside MULTI is not allowed")
const ABORTED = Resp.simpleError("EXECABORT Transaction discarded because of previous errors.")
const LOST = Resp.simpleError(
  "ERR the transaction was lost with its connection, and nothing of it was executed; EXEC or DISCARD ends it"
)
const LOST_EXEC = Resp.simpleError(
  "EXECABORT the transaction was lost with its connection; nothing of it was executed"
)
