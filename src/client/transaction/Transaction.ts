/**
 * MULTI and EXEC on a connection of their own, with WATCH and reads before, at
 * the node that serves the keys.
 *
 * @example
 * const withdraw = (amount: bigint) =>
 *   transaction(client, { key: "{7}:balance" }, (own) =>
 *     Effect.gen(function* () {
 *       yield* own.watch("{7}:balance")
 *       const redis = Redis.make(own)
 *       const balance = BigInt(Option.getOrElse(yield* redis.get("{7}:balance"), () => "0"))
 *       if (balance < amount) return yield* Effect.fail("too little" as const)
 *       return [redis.decrby("{7}:balance", amount), redis.incr("{7}:withdrawals")] as const
 *     })
 *   )
 * // { _tag: "Committed", results: [Either<bigint, ...>, Either<number, ...>] } or { _tag: "Aborted" }
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import { NO_KEY } from "../../protocol/CommandTable.ts"
import { calculateSlot } from "../../protocol/HashSlot.ts"
import type { CommandArgument, CommandArguments, RespValue } from "../../protocol/Resp.ts"
import { errorOf } from "../Attempt.ts"
import type { ClientError } from "../ClusterError.ts"
import { type CommandError, TypedCommand } from "../commands/TypedCommand.ts"
import { isSetback, makePursuit, type Target } from "../Pursuit.ts"
import type { RedisCommands } from "../RedisCommands.ts"
import { type Place, reach, type Session } from "./Session.ts"
import { TransactionAttempt } from "./TransactionAttempt.ts"
import type { ExecAbortError } from "./TransactionError.ts"

export { ExecAbortError } from "./TransactionError.ts"
export type { Place } from "./Session.ts"

/** A command for MULTI: one of `Redis` with a typed result, or a name with its arguments, whose result is the reply. */
export type QueuedCommand =
  TypedCommand<unknown> | readonly [name: string, ...args: ReadonlyArray<CommandArgument>]

/**
 * The commands were executed, all of them, one after the other. One that
 * failed then (WRONGTYPE) has its error, and the others stand.
 * `Effect.all(results)` gives the values, or the first error.
 */
export interface Committed<Commands extends ReadonlyArray<QueuedCommand>> {
  readonly _tag: "Committed"
  readonly results: TransactionResults<Commands>
}

/** Nothing was executed, because a watched key had changed. */
export interface Aborted {
  readonly _tag: "Aborted"
}

export type TransactionOutcome<Commands extends ReadonlyArray<QueuedCommand>> = Committed<Commands> | Aborted

/** In the order of the commands. */
export type TransactionResults<Commands extends ReadonlyArray<QueuedCommand>> = {
  readonly [Index in keyof Commands]: Either.Either<
    Commands[Index] extends TypedCommand<infer A> ? A : RespValue,
    CommandError
  >
}

/** The connection before MULTI. What is executed on it is executed at once. */
export interface Transaction extends Session {
  /** Has EXEC do nothing if one of these keys is changed from now on. */
  watch(
    ...keys: readonly [CommandArgument, ...ReadonlyArray<CommandArgument>]
  ): Effect.Effect<void, ClientError>
}

/**
 * Runs `body`, which watches and reads, and gives the commands to execute, `as
 * const` for a type of each result; sends them between MULTI and EXEC. All keys
 * are of one slot: fails with `CrossSlotError` before a command that is not is
 * sent.
 *
 * - A watched key has changed: `Aborted`. To repeat is for the caller.
 * - A command is refused when it is queued: `ExecAbortError`.
 * - The connection is lost during EXEC: `ConnectionError` with `sent: "maybe"`.
 * - The slot has moved or is moving, or its master is failing over: nothing has
 *   been executed, and all is done again at the right node, `body` included,
 *   unless `body` has sent a command that writes. With a `node` in place of a
 *   `key` this is for the caller, as with `executeOn`.
 * - Interrupted, or `body` fails: the connection is left clean, or closed.
 */
export const transaction = <const Commands extends ReadonlyArray<QueuedCommand>, E, R>(
  client: RedisCommands,
  place: Place,
  body: (transaction: Transaction) => Effect.Effect<Commands, E, R>
): Effect.Effect<TransactionOutcome<Commands>, E | ClientError | ExecAbortError, Exclude<R, Scope.Scope>> => {
  const slot = "key" in place ? calculateSlot(place.key) : undefined

  /** One try at one node; its failure with what may be waited for or followed, if anything may. */
  const attempt = (target: Target) =>
    Effect.gen(function* () {
      const reached = yield* Effect.either(reach(client, target.place))
      if (Either.isLeft(reached)) {
        return Either.left({
          error: reached.left,
          setback: isSetback(reached.left) ? reached.left : undefined
        })
      }
      const own = new TransactionAttempt(client, reached.right, slot, target.isAsking)
      yield* Effect.addFinalizer((exit) => own.tidy(exit))
      const result = yield* body(transactionOf(own.session)).pipe(
        Effect.flatMap((commands) =>
          Effect.map(own.execute(commands.map(argumentsOf)), (replies) =>
            outcomeOf(own.session.node, commands, replies)
          )
        ),
        Effect.either
      )
      return Either.mapLeft(result, (error) => ({
        error,
        setback: own.isSetback(error) ? error : undefined
      }))
    }).pipe(Effect.scoped)

  return Effect.gen(function* () {
    const nextTarget = makePursuit(client, place, "EXEC")
    let target: Target = { place, isAsking: false }
    for (;;) {
      const result = yield* attempt(target)
      if (Either.isRight(result)) return result.right
      const { error, setback } = result.left
      if (setback === undefined || "node" in place) return yield* Effect.fail(error)
      target = yield* nextTarget(setback)
    }
  })
}

const transactionOf = (session: Session): Transaction => ({
  ...session,
  watch: (...keys) => Effect.asVoid(session.execute("WATCH", ...keys))
})

const argumentsOf = (command: QueuedCommand): CommandArguments =>
  command instanceof TypedCommand ? command.arguments : command

const outcomeOf = <const Commands extends ReadonlyArray<QueuedCommand>>(
  node: string,
  commands: Commands,
  replies: ReadonlyArray<RespValue> | undefined
): TransactionOutcome<Commands> =>
  replies === undefined
    ? { _tag: "Aborted" }
    : {
        _tag: "Committed",
        results: commands.map((command, index) =>
          resultOf(node, command, replies[index])
        ) as unknown as TransactionResults<Commands>
      }

const resultOf = (
  node: string,
  command: QueuedCommand,
  reply: RespValue
): Either.Either<unknown, CommandError> => {
  const error = errorOf(reply, node, String(argumentsOf(command)[0]), NO_KEY)
  if (error !== undefined) return Either.left(error)
  return command instanceof TypedCommand ? command.decode(reply) : Either.right(reply)
}
