/**
 * Many commands at once: each onto its node's connection in one go, and one
 * resumption of the caller for all of them. Those that fail go on by
 * themselves, and only those.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { CommandSpec } from "../protocol/CommandTable.ts"
import type { CommandArguments, RespValue } from "../protocol/Resp.ts"
import { isReply, type Outcome } from "./Attempt.ts"
import type { ClientError } from "./ClusterError.ts"
import type { Node } from "./NodeRegistry.ts"
import type { Routing } from "./Routing.ts"

export type Result = Either.Either<RespValue, ClientError>

export interface BatchParts extends Routing {
  slotOf(args: CommandArguments, spec: CommandSpec | undefined): number
  /** One node's shared connection will do. */
  isDirect(args: CommandArguments, spec: CommandSpec | undefined, slot: number): boolean
  execute(args: CommandArguments): Effect.Effect<RespValue, ClientError>
  recover(
    args: CommandArguments,
    spec: CommandSpec | undefined,
    slot: number,
    node: Node | undefined,
    outcome: Outcome
  ): Effect.Effect<RespValue, ClientError>
}

/** Commands under way at once; more of them wait their turn, so that no connection's queue overflows. */
const WINDOW = 16_384
/** Commands that go on by themselves at once. */
const RECOVERY_CONCURRENCY = 256

export const makeBatch = (
  parts: BatchParts
): ((commands: ReadonlyArray<CommandArguments>) => Effect.Effect<ReadonlyArray<Result>>) => {
  const { execute, isDirect, knowledge, recover, router, slotOf } = parts

  /** The node of each command that one node's shared connection will do for. */
  const route = (commands: ReadonlyArray<CommandArguments>): Array<Node | undefined> => {
    const nodes = new Array<Node | undefined>(commands.length)
    for (let index = 0; index < commands.length; index++) {
      const args = commands[index]
      const spec = knowledge.lookup(args)
      const slot = slotOf(args, spec)
      nodes[index] = isDirect(args, spec, slot)
        ? router.route(slot, spec !== undefined && spec.readOnly)
        : undefined
    }
    return nodes
  }

  const submit = (
    commands: ReadonlyArray<CommandArguments>,
    nodes: Array<Node | undefined>
  ): Effect.Effect<ReadonlyArray<Result>> =>
    Effect.async((resume) => {
      const results = new Array<Result>(commands.length)
      const others: Array<Straggler> = []
      let missing = commands.length
      const slotAt = (index: number): number => slotOf(commands[index], knowledge.lookup(commands[index]))
      const settled = (): void => {
        if (--missing === 0)
          resume(others.length === 0 ? Effect.succeed(results) : finishAll(results, others, slotAt))
      }
      const settle = (outcome: Outcome, index: number): void => {
        if (isReply(outcome)) {
          results[index] = Either.right(outcome)
        } else {
          const args = commands[index]
          const spec = knowledge.lookup(args)
          others.push({ index, rest: recover(args, spec, slotOf(args, spec), nodes[index], outcome) })
        }
        settled()
      }
      if (missing === 0) return resume(Effect.succeed(results))
      for (let index = 0; index < commands.length; index++) {
        const pipeline = nodes[index]?.connection.unsafePipeline()
        if (pipeline === undefined) {
          others.push({ index, rest: execute(commands[index]) })
          settled()
        } else {
          pipeline.submit(commands[index], settle, index)
        }
      }
    })

  /** The connections that are needed are opened first, so that a batch does not fall apart into single commands. */
  const executeWindow = (commands: ReadonlyArray<CommandArguments>): Effect.Effect<ReadonlyArray<Result>> =>
    Effect.suspend(() => {
      const nodes = route(commands)
      const closed = new Set<Node>()
      for (const node of nodes) {
        if (node !== undefined && node.connection.unsafePipeline() === undefined) closed.add(node)
      }
      const sent = submit(commands, nodes)
      return closed.size === 0
        ? sent
        : Effect.zipRight(
            Effect.forEach(closed, (node) => Effect.ignore(node.connection.get), {
              concurrency: "unbounded",
              discard: true
            }),
            sent
          )
    })

  return (commands) =>
    commands.length <= WINDOW
      ? executeWindow(commands)
      : Effect.map(Effect.forEach(windowsOf(commands), executeWindow), (results) => results.flat())
}

/** A command of a batch that goes on by itself. */
interface Straggler {
  readonly index: number
  readonly rest: Effect.Effect<RespValue, ClientError>
}

const finishAll = (
  results: Array<Result>,
  stragglers: ReadonlyArray<Straggler>,
  slotAt: (index: number) => number
): Effect.Effect<ReadonlyArray<Result>> => {
  const finish = ({ index, rest }: Straggler): Effect.Effect<void> =>
    Effect.map(Effect.either(rest), (result) => {
      results[index] = result
    })

  /**
   * One after the other: a command is not to find its key as a later one leaves
   * it. Once one has waited in vain, the others have that wait together.
   */
  const finishGroup = (group: ReadonlyArray<Straggler>): Effect.Effect<void> =>
    Effect.gen(function* () {
      for (let position = 0; position < group.length; position++) {
        yield* finish(group[position])
        if (!hasWaitedInVain(results[group[position].index])) continue
        const others = group.slice(position + 1)
        return yield* Effect.forEach(others, finish, { concurrency: "unbounded", discard: true })
      }
    })

  return Effect.as(
    Effect.forEach(bySlot(stragglers, slotAt), finishGroup, {
      concurrency: RECOVERY_CONCURRENCY,
      discard: true
    }),
    results
  )
}

/** For the slot's owner, and not because of the command itself. */
const hasWaitedInVain = (result: Result): boolean =>
  Either.isLeft(result) && result.left._tag !== "RedisError" && result.left._tag !== "RoutingError"

/** A command without a slot, or of several, is a group by itself. */
const bySlot = (
  stragglers: ReadonlyArray<Straggler>,
  slotAt: (index: number) => number
): ReadonlyArray<ReadonlyArray<Straggler>> => {
  const groups: Array<Array<Straggler>> = []
  const groupOf = new Map<number, Array<Straggler>>()
  for (const straggler of stragglers.toSorted((a, b) => a.index - b.index)) {
    const slot = slotAt(straggler.index)
    const group = slot < 0 ? undefined : groupOf.get(slot)
    if (group !== undefined) {
      group.push(straggler)
      continue
    }
    const own = [straggler]
    groups.push(own)
    if (slot >= 0) groupOf.set(slot, own)
  }
  return groups
}

const windowsOf = (
  commands: ReadonlyArray<CommandArguments>
): ReadonlyArray<ReadonlyArray<CommandArguments>> =>
  Array.from({ length: Math.ceil(commands.length / WINDOW) }, (_, index) =>
    commands.slice(index * WINDOW, (index + 1) * WINDOW)
  )
