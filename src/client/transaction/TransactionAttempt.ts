/** One try of a transaction: on one connection to one node, from WATCH to EXEC, and what it leaves behind. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import type { Connection } from "../../connection/Connection.ts"
import { PipelineFailure } from "../../connection/PipelineFailure.ts"
import { type CommandSpec, commandSlot, lookupCommand, NO_KEY } from "../../protocol/CommandTable.ts"
import * as Resp from "../../protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../../protocol/Resp.ts"
import { errorOf } from "../Attempt.ts"
import { type ClientError, CrossSlotError } from "../ClusterError.ts"
import { isSetback } from "../Pursuit.ts"
import type { RedisCommands } from "../RedisCommands.ts"
import { RoutingError } from "../RoutingError.ts"
import { changesConnection, drop, exchange, make, type Result, type Session } from "./Session.ts"
import { ExecAbortError } from "./TransactionError.ts"

const ASKING: CommandArguments = ["ASKING"]
const MULTI: CommandArguments = ["MULTI"]
const EXEC: CommandArguments = ["EXEC"]
/** What follows is why the server gave up a transaction none of whose commands it had refused. */
const ABORT_REASON = "Transaction discarded because of: "

/**
 * Connections on which MULTI has been answered with OK. Until then its answer is
 * waited for: were it refused (by an ACL), what is sent after it in the same
 * breath would be executed one by one.
 */
const allowsMulti = new WeakSet<Connection>()

export class TransactionAttempt {
  readonly session: Session
  private readonly connection: Connection
  private readonly isAsking: boolean
  /** Of all keys; that of the first if none was given. */
  private slot: number | undefined
  private isWatching = false
  private isInMulti = false
  /** Something may have been executed, so it must not be done again. */
  private hasWritten = false
  private readonly setbacks = new WeakSet<object>()

  constructor(client: RedisCommands, connection: Connection, slot: number | undefined, isAsking: boolean) {
    this.connection = connection
    this.slot = slot
    this.isAsking = isAsking
    this.session = make({
      client,
      node: connection.node,
      objectionTo: (args, spec) =>
        changesConnection(args, spec) && !isWatch(spec)
          ? new RoutingError({ command: String(args[0]), reason: "it is not for a transaction; use session" })
          : this.crossSlot(args, spec),
      send: (commands) => this.send(commands)
    })
  }

  /** Executes the commands together and gives their replies; `undefined` when a watched key had changed. */
  execute(
    commands: ReadonlyArray<CommandArguments>
  ): Effect.Effect<ReadonlyArray<RespValue> | undefined, ClientError | ExecAbortError> {
    return Effect.gen(this, function* () {
      for (const args of commands) {
        const objection = this.objectionToQueued(args)
        if (objection !== undefined) return yield* Effect.fail(objection)
      }
      if (commands.length === 0) return []
      const outcomes = yield* this.exchangeMulti(commands)
      const exec = outcomes[commands.length]
      if (exec._tag === "Array") return exec.value
      const error = this.errorOf(exec, "EXEC", false)
      return error === undefined
        ? undefined
        : yield* Effect.fail(this.abortion(commands, outcomes, exec) ?? error)
    })
  }

  /** Whether this try failed with the error, and all of it may be done again: nothing has been executed. */
  isSetback(error: unknown): error is ClientError {
    return !this.hasWritten && typeof error === "object" && error !== null && this.setbacks.has(error)
  }

  /** Leaves the connection as its next user expects it, or closes it. */
  tidy(exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> {
    if (this.isInMulti || (this.isWatching && Exit.isFailure(exit))) {
      return Effect.sync(() => drop(this.connection))
    }
    return this.isWatching ? Effect.asVoid(exchange(this.connection, [["UNWATCH"]])) : Effect.void
  }

  /** Commands before MULTI. */
  private send(commands: ReadonlyArray<CommandArguments>): Effect.Effect<ReadonlyArray<Result>> {
    return Effect.suspend(() => {
      this.isWatching ||= commands.some((args) => isWatch(lookupCommand(args)))
      const sent = this.isAsking ? commands.flatMap((args) => [ASKING, args]) : commands
      return Effect.map(exchange(this.connection, sent), (outcomes) =>
        commands.map((args, index) => this.resultOf(args, outcomes[this.isAsking ? index * 2 + 1 : index]))
      )
    })
  }

  private resultOf(args: CommandArguments, outcome: RespValue | PipelineFailure): Result {
    const spec = lookupCommand(args)
    const isRead = isWatch(spec) || spec?.readOnly === true
    const error = this.errorOf(outcome, String(args[0]), isRead)
    this.hasWritten ||= !isRead && (error === undefined || !this.setbacks.has(error))
    return error === undefined ? Either.right(outcome as RespValue) : Either.left(error)
  }

  /** What came of the commands, and of EXEC. */
  private exchangeMulti(
    commands: ReadonlyArray<CommandArguments>
  ): Effect.Effect<ReadonlyArray<RespValue | PipelineFailure>, ClientError> {
    return Effect.gen(this, function* () {
      const { connection } = this
      const opening = this.isAsking ? [ASKING, MULTI] : [MULTI]
      this.isInMulti = true
      if (!allowsMulti.has(connection)) {
        const answers = yield* exchange(connection, opening.splice(0))
        const refusal = this.errorOf(answers[answers.length - 1], "MULTI", false)
        if (refusal !== undefined) return yield* Effect.fail(refusal)
        allowsMulti.add(connection)
      }
      const outcomes = yield* exchange(connection, [...opening, ...commands, EXEC])
      if (!(outcomes[outcomes.length - 1] instanceof PipelineFailure))
        this.isInMulti = this.isWatching = false
      return outcomes.slice(opening.length)
    })
  }

  /** After EXECABORT: the error of the command that was refused, if that is a setback, or `ExecAbortError` with it. */
  private abortion(
    commands: ReadonlyArray<CommandArguments>,
    outcomes: ReadonlyArray<RespValue | PipelineFailure>,
    exec: RespValue | PipelineFailure
  ): ClientError | ExecAbortError | undefined {
    if (exec instanceof PipelineFailure || !Resp.isError(exec) || !exec.value.startsWith("EXECABORT")) {
      return undefined
    }
    const refused = outcomes.findIndex((outcome, index) => index < commands.length && isErrorReply(outcome))
    const reason = exec.value.indexOf(ABORT_REASON)
    const command = refused < 0 ? "EXEC" : String(commands[refused][0])
    const cause = this.errorOf(
      refused >= 0
        ? outcomes[refused]
        : Resp.simpleError(reason < 0 ? exec.value : exec.value.slice(reason + ABORT_REASON.length)),
      command,
      false
    )
    if (cause === undefined || this.setbacks.has(cause)) return cause
    return new ExecAbortError({ node: this.connection.node, command, cause })
  }

  /** The error that an outcome stands for, remembered if all may be done again after it. */
  private errorOf(
    outcome: RespValue | PipelineFailure,
    command: string,
    isRead: boolean
  ): ClientError | undefined {
    const error = errorOf(outcome, this.connection.node, command, this.slot ?? NO_KEY)
    if (error !== undefined && isSetback(error, isRead)) this.setbacks.add(error)
    return error
  }

  private objectionToQueued(args: CommandArguments): ClientError | undefined {
    const spec = lookupCommand(args)
    return spec?.requestPolicy === "session" || spec?.noMulti === true
      ? new RoutingError({ command: String(args[0]), reason: "it cannot stand between MULTI and EXEC" })
      : this.crossSlot(args, spec)
  }

  private crossSlot(args: CommandArguments, spec: CommandSpec | undefined): CrossSlotError | undefined {
    if (spec === undefined || this.connection.mode !== "cluster") return undefined
    const slot = commandSlot(spec, args)
    if (slot === NO_KEY) return undefined
    if (slot >= 0) this.slot ??= slot
    return slot === this.slot ? undefined : new CrossSlotError({ command: String(args[0]) })
  }
}

const isWatch = (spec: CommandSpec | undefined): boolean =>
  spec !== undefined && (spec.name === "watch" || spec.name === "unwatch")

const isErrorReply = (outcome: RespValue | PipelineFailure): boolean =>
  !(outcome instanceof PipelineFailure) && Resp.isError(outcome)
