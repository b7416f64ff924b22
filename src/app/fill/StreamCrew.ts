/**
 * The streams of a run, and what keeps them at work: each has a connection of
 * its own to the node that owns its slots. When slots move, the work on them
 * moves to the streams of their new owner; when a connection is lost, what was
 * on it is planned anew on the current owners, and everything else goes on.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { type ClientError, TopologyError } from "../../client/ClusterError.ts"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { ConnectionError } from "../../connection/ConnectionError.ts"
import type { StreamSizes } from "../../dataset/FillPlan.ts"
import type { GroupReplies } from "../../dataset/FillReplies.ts"
import { divideWork, type GroupCursor } from "../../dataset/GroupCursor.ts"
import type { GroupFormat } from "../../dataset/GroupFormat.ts"
import type { PendingGroups } from "../../dataset/PendingGroups.ts"
import { type ClusterTopology, findNodeForSlot } from "../../protocol/ClusterTopology.ts"
import { GroupStream, type StreamEnd } from "./GroupStream.ts"

/** What a reader of replies needs of the stream that it reads for. */
export interface StreamPort {
  /** The node, `host:port`. */
  readonly address: string
  /** See `GroupStream`. */
  readonly hold: (keys: number) => void
  readonly settle: (keys: number) => void
}

export interface CrewOptions {
  readonly client: RedisCommands
  readonly format: GroupFormat
  readonly stride: number
  readonly sizes: StreamSizes
  readonly replies: "on" | "off"
  /** Streams at work at once. */
  readonly concurrency: number
  readonly silenceTimeout: Duration.Duration
  readonly makeReplies: (pending: PendingGroups, port: StreamPort) => GroupReplies
  readonly onSent: (first: number, keys: number) => void
  /** A node has been sent so many commands over one connection, and has executed them or answered them. */
  readonly onExecuted: (address: string, commands: number) => void
  /** So many keys go again, because a connection was lost that may have carried them. */
  readonly onRepeated: (keys: number) => void
}

/** Work of one node. */
export interface Assignment {
  readonly address: string
  readonly cursor: GroupCursor
}

export interface StreamCrew {
  /**
   * Ends when all of the work is sent and answered, and then `rest` has ended;
   * fails when a part of it cannot be brought to any node.
   */
  run(plan: ReadonlyArray<Assignment>, rest: Effect.Effect<void>): Effect.Effect<void, ClientError>
  /** Makes `run` fail. */
  readonly abort: (error: ClientError) => void
  /** Sends nothing new, and waits a moment for what is under way to be answered. */
  readonly stop: Effect.Effect<void>
  /** Looks whether slots have moved since it last did. */
  readonly followTopology: Effect.Effect<void>
}

/** Between two attempts to go on with the work of a lost connection: 100 ms, doubling to 1 s. */
export const reconnect: Schedule.Schedule<unknown> = Schedule.exponential("100 millis").pipe(
  Schedule.union(Schedule.spaced("1 second"))
)
/** Without any success for so long, the run fails. */
export const RECONNECT_DEADLINE: Duration.Duration = Duration.seconds(15)
/** What is under way has so long to be answered when a run is ended early. */
export const STOP_GRACE: Duration.Duration = Duration.seconds(1)
/** How often moved slots are looked for: a read of what the client knows. */
const TOPOLOGY_INTERVAL: Duration.Duration = Duration.millis(100)
/** Without replies nobody says MOVED: then the cluster is asked itself, this often. */
const SILENT_TOPOLOGY_INTERVAL: Duration.Duration = Duration.seconds(1)

/** A stream at work, and all that it was ever given. */
interface Member {
  readonly address: string
  readonly stream: GroupStream
  /** Of replies off: what to do again if the connection is lost. */
  readonly given: Array<GroupCursor>
  commands: number
}

interface Outcome {
  readonly left: ReadonlyArray<GroupCursor>
  /** Why there is something left. */
  readonly error: ClientError
  /** The connection has carried something: the next loss is another story. */
  readonly hasProgress: boolean
}

export const make = (options: CrewOptions): Effect.Effect<StreamCrew, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { client, replies } = options
    const permits = yield* Effect.makeSemaphore(options.concurrency)
    const tasks = yield* FiberSet.make<void>()
    const startTask = yield* FiberSet.runtime(tasks)<never>()
    const failure = yield* Deferred.make<never, ClientError>()
    const members = new Set<Member>()
    let topology = yield* client.topology
    let isStopping = false

    const start = (task: Effect.Effect<void, ClientError>): void => {
      startTask(Effect.catchAllCause(task, (cause) => Deferred.failCause(failure, cause)))
    }

    /** To a stream that is at work there, or else to a new one. */
    const place = (
      address: string | undefined,
      work: ReadonlyArray<GroupCursor>,
      failingSince?: number
    ): void => {
      const [member] = Array.from(members)
        .filter((member) => member.address === address)
        .sort((a, b) => a.stream.remainingKeys - b.stream.remainingKeys)
      if (member === undefined || !assign(member, work)) start(carry(address, work, failingSince))
    }

    const assign = (member: Member, work: ReadonlyArray<GroupCursor>): boolean => {
      const clones = replies === "off" ? work.map((cursor) => cursor.clone()) : []
      if (!member.stream.assign(work)) return false
      member.given.push(...clones)
      return true
    }

    /** Takes from a stream the work on slots that are no longer its node's. */
    const rebalance = (member: Member): void => {
      for (const [owner, work] of member.stream.release(ownerIn(topology), member.address)) place(owner, work)
    }

    const followTopology = Effect.map(client.topology, (current) => {
      if (current === topology) return
      topology = current
      for (const member of Array.from(members)) rebalance(member)
    })

    /** Brings work to its end, over as many connections as that takes. */
    const carry = (
      firstAddress: string | undefined,
      firstWork: ReadonlyArray<GroupCursor>,
      firstFailingSince?: number
    ): Effect.Effect<void, ClientError> =>
      Effect.gen(function* () {
        let address = firstAddress
        let work = firstWork
        let failingSince = firstFailingSince
        let waits = yield* Schedule.driver(reconnect)
        for (;;) {
          const outcome = yield* permits.withPermits(1)(Effect.suspend(() => attempt(address, work)))
          if (outcome === undefined || isStopping) return
          const now = yield* Clock.currentTimeMillis
          if (outcome.hasProgress) {
            failingSince = undefined
            waits = yield* Schedule.driver(reconnect)
          }
          failingSince ??= now
          if (now - failingSince >= Duration.toMillis(RECONNECT_DEADLINE) || isFinal(outcome.error)) {
            return yield* outcome.error
          }
          yield* Effect.ignore(waits.next(undefined))
          yield* Effect.ignore(client.refreshTopology)
          yield* followTopology
          const parts = divideWork(outcome.left, ownerIn(topology))
          if (parts.size === 0) return
          // One part stays in this fiber, the others are placed as if they were new.
          address = parts.has(address) ? address : parts.keys().next().value
          work = parts.get(address) ?? []
          parts.delete(address)
          for (const [owner, part] of parts) place(owner, part, failingSince)
        }
      })

    /** Works over one connection; `undefined` when all is done. */
    const attempt = (
      address: string | undefined,
      work: ReadonlyArray<GroupCursor>
    ): Effect.Effect<Outcome | undefined> =>
      isStopping
        ? Effect.succeed(undefined)
        : address === undefined
          ? Effect.succeed({ left: work, error: withoutOwner(topology), hasProgress: false })
          : client.connectTo(address).pipe(
              // Closed with the stream, and not only with the client.
              Effect.flatMap((connection) =>
                Effect.acquireRelease(
                  Effect.sync(() => connection.takeSocket()),
                  (socket) => Effect.sync(() => socket.destroy())
                )
              ),
              Effect.flatMap((socket) => stream(address, socket, work)),
              Effect.scoped,
              Effect.catchAll((error) => Effect.succeed({ left: work, error, hasProgress: false }))
            )

    const stream = (
      address: string,
      socket: ConstructorParameters<typeof GroupStream>[0]["socket"],
      work: ReadonlyArray<GroupCursor>
    ): Effect.Effect<Outcome | undefined> =>
      Effect.async((resume) => {
        let hasProgress = false
        const port: StreamPort = {
          address,
          hold: (keys) => stream.hold(keys),
          settle: (keys) => stream.settle(keys)
        }
        const stream = new GroupStream({
          ...options,
          socket,
          silenceTimeout: Duration.toMillis(options.silenceTimeout),
          makeReplies: (pending) => {
            const reader = options.makeReplies(pending, port)
            return {
              push: (chunk) => {
                hasProgress = true
                return reader.push(chunk)
              }
            }
          },
          onSent: (first, keys) => {
            if (replies === "off") hasProgress = true
            member.commands += options.format.isReplyPerKey ? keys : 1
            options.onSent(first, keys)
          },
          onEnd: (end) => {
            members.delete(member)
            resume(Effect.sync(() => outcomeOf(member, end, hasProgress)))
          }
        })
        const member: Member = { address, stream, given: [], commands: 0 }
        members.add(member)
        assign(member, work)
        rebalance(member)
        return Effect.sync(() => {
          members.delete(member)
          stream.detach()
        })
      })

    const outcomeOf = (member: Member, end: StreamEnd, hasProgress: boolean): Outcome | undefined => {
      if (end._tag !== "Lost") {
        options.onExecuted(member.address, member.commands)
        return undefined
      }
      const unsent = member.stream.takeWork()
      const unanswered = member.stream.takeUnanswered()
      const left = replies === "off" ? member.given : [unanswered, ...unsent]
      const keys = left.reduce((sum, cursor) => sum + cursor.remainingKeys, 0)
      options.onRepeated(keys - unsent.reduce((sum, cursor) => sum + cursor.remainingKeys, 0))
      return { left, error: lost(member.address, end.detail, options.format), hasProgress }
    }

    const stop = Effect.gen(function* () {
      isStopping = true
      for (const member of Array.from(members)) member.stream.stop()
      // Interruptible by the timeout alone: this runs while the run itself is being interrupted.
      yield* FiberSet.awaitEmpty(tasks).pipe(Effect.interruptible, Effect.timeoutOption(STOP_GRACE))
    })

    const follow =
      replies === "off"
        ? Effect.zipRight(Effect.ignore(client.refreshTopology), followTopology)
        : followTopology
    const interval = replies === "off" ? SILENT_TOPOLOGY_INTERVAL : TOPOLOGY_INTERVAL

    const run: StreamCrew["run"] = (plan, rest) =>
      Effect.gen(function* () {
        yield* Effect.forkScoped(Effect.repeat(follow, Schedule.spaced(interval)))
        for (const { address, cursor } of plan) start(carry(address, [cursor]))
        // What fails may also be the last to end: then both are true, and the failure counts.
        const done = FiberSet.awaitEmpty(tasks).pipe(
          Effect.zipRight(rest),
          Effect.zipRight(Effect.whenEffect(Deferred.await(failure), Deferred.isDone(failure)))
        )
        yield* Effect.raceFirst(done, Deferred.await(failure))
      }).pipe(Effect.scoped)

    return {
      run,
      stop,
      followTopology,
      abort: (error) => Deferred.unsafeDone(failure, Effect.fail(error))
    }
  })

const ownerIn =
  (topology: ClusterTopology) =>
  (slot: number): string | undefined =>
    findNodeForSlot(topology, slot)?.address

/** Refused once, refused again: waiting does not help. */
const isFinal = (error: ClientError): boolean =>
  error._tag === "ConnectionError" && (error.reason === "Auth" || error.reason === "Tls")

const lost = (node: string, detail: string, { command }: GroupFormat): ConnectionError =>
  new ConnectionError({
    reason: "Closed",
    sent: "maybe",
    node,
    command: command._tag === "Read" ? "MGET" : command._tag === "Write" ? "MSET" : "SET",
    detail
  })

const withoutOwner = (topology: ClusterTopology): TopologyError =>
  new TopologyError({
    reason: "slots have no owner",
    node: topology.nodes.map(({ address }) => address).join(", ")
  })
