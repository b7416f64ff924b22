/**
 * The streams of a run, and what keeps them at work: each has a connection of
 * its own to the node that owns its slots. When slots move, the work on them
 * moves to the streams of their new owner; when a connection is lost, what was
 * on it is planned anew on the current owners, and everything else goes on. So it
 * is with a node that says nothing while the cluster lets another take its place.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Duplex } from "node:stream"
import { type ClientError, TopologyError } from "../../client/ClusterError.ts"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { divideWork, type GroupCursor } from "../../dataset/GroupCursor.ts"
import { type ClusterTopology, findNodeForSlot } from "../../protocol/ClusterTopology.ts"
import { CrewMember, type Loss, type MemberOptions } from "./CrewMember.ts"
import { reconnect, RECONNECT_DEADLINE, STOP_GRACE } from "./Reconnection.ts"

export interface CrewOptions extends MemberOptions {
  readonly client: RedisCommands
  /** Streams at work at once. */
  readonly concurrency: number
}

/** Work of one stream. */
export interface Assignment {
  /** The node; `undefined` when none serves the slots at present. */
  readonly address: string | undefined
  readonly work: ReadonlyArray<GroupCursor>
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

/** How often moved slots are looked for: a read of what the client knows. */
const TOPOLOGY_INTERVAL: Duration.Duration = Duration.millis(100)
/** Without replies nobody says MOVED: then the cluster is asked itself, this often. */
const SILENT_TOPOLOGY_INTERVAL: Duration.Duration = Duration.seconds(1)

/** A stream that is silent for so long is suspect: the others are asked whether its node has been replaced. */
const SUSPICION: Duration.Duration = Duration.seconds(1)
/** Often, since a stopped process that goes on acknowledges writes before it hears that it is no master any more. */
const SUSPECT_INTERVAL: Duration.Duration = Duration.millis(200)

type Work = ReadonlyArray<GroupCursor>

interface Setback extends Omit<Loss, "error"> {
  readonly error: ClientError
}

export const make = (options: CrewOptions): Effect.Effect<StreamCrew, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { client, replies } = options
    const permits = yield* Effect.makeSemaphore(options.concurrency)
    const tasks = yield* FiberSet.make<void>()
    const startTask = yield* FiberSet.runtime(tasks)<never>()
    const failure = yield* Deferred.make<never, ClientError>()
    const members = new Set<CrewMember>()
    let topology = yield* client.topology
    let isStopping = false

    const start = (task: Effect.Effect<void, ClientError>): void => {
      startTask(Effect.catchAllCause(task, (cause) => Deferred.failCause(failure, cause)))
    }

    /** To a stream that is at work there, or else to a new one. */
    const place = (address: string | undefined, work: Work, failingSince?: number): void => {
      const [member] = Array.from(members)
        .filter((member) => member.address === address)
        .sort((a, b) => a.remainingKeys - b.remainingKeys)
      if (member === undefined || !member.assign(work)) start(carry(address, work, failingSince))
    }

    /** Takes from a stream the work on slots that are no longer its node's. */
    const rebalance = (member: CrewMember): void => {
      for (const [owner, work] of member.release(ownerIn(topology))) place(owner, work)
    }

    const followTopology = Effect.map(client.topology, (current) => {
      if (current === topology) return
      topology = current
      for (const member of Array.from(members)) rebalance(member)
    })

    const suspects = (): ReadonlyArray<CrewMember> =>
      Array.from(members).filter(({ silentFor }) => silentFor >= Duration.toMillis(SUSPICION))

    /** Leaves silent nodes that have been replaced; what they have not answered is sent to their successors. */
    const leaveReplaced = Effect.gen(function* () {
      if (suspects().length === 0) return
      yield* Effect.ignore(client.refreshTopology)
      yield* followTopology
      for (const member of suspects()) {
        if (!ownsSlots(topology, member.address)) member.abandon("it hangs, and another has taken its place")
      }
    })

    /** Brings work to its end, over as many connections as that takes. */
    const carry = (
      firstAddress: string | undefined,
      firstWork: Work,
      firstFailingSince?: number
    ): Effect.Effect<void, ClientError> =>
      Effect.gen(function* () {
        let address = firstAddress
        let work = firstWork
        let failingSince = firstFailingSince
        let waits = yield* Schedule.driver(reconnect)
        for (;;) {
          const setback = yield* permits.withPermits(1)(Effect.suspend(() => attempt(address, work)))
          if (setback === undefined || isStopping) return
          const now = yield* Clock.currentTimeMillis
          if (setback.hasProgress) {
            failingSince = undefined
            waits = yield* Schedule.driver(reconnect)
          }
          failingSince ??= now
          const isLate = now - failingSince >= Duration.toMillis(RECONNECT_DEADLINE)
          if (isLate || isFinal(setback.error)) return yield* setback.error
          yield* Effect.ignore(waits.next(undefined))
          yield* Effect.ignore(client.refreshTopology)
          yield* followTopology
          const parts = divideWork(setback.left, ownerIn(topology))
          if (parts.size === 0) return
          // One part stays in this fiber, the others are placed as if they were new.
          address = parts.has(address) ? address : parts.keys().next().value
          work = parts.get(address) ?? []
          parts.delete(address)
          for (const [owner, part] of parts) place(owner, part, failingSince)
        }
      })

    /** Works over one connection; `undefined` when all is done. */
    const attempt = (address: string | undefined, work: Work): Effect.Effect<Setback | undefined> => {
      if (isStopping) return Effect.succeed(undefined)
      if (address === undefined) {
        return Effect.succeed({ left: work, error: withoutOwner(topology), hasProgress: false })
      }
      return client.connectTo(address).pipe(
        // Closed with the stream, and not only with the client.
        Effect.flatMap((connection) =>
          Effect.acquireRelease(
            Effect.sync(() => connection.takeSocket()),
            (socket) => Effect.sync(() => socket.destroy())
          )
        ),
        Effect.flatMap((socket) => (isStopping ? Effect.succeed(undefined) : stream(address, socket, work))),
        Effect.scoped,
        Effect.catchAll((error) => Effect.succeed({ left: work, error, hasProgress: false }))
      )
    }

    const stream = (address: string, socket: Duplex, work: Work): Effect.Effect<Loss | undefined> =>
      Effect.async((resume) => {
        const member = new CrewMember(address, socket, options, (loss) => {
          members.delete(member)
          resume(Effect.succeed(loss))
        })
        members.add(member)
        member.assign(work)
        // Slots may have moved while it was connecting.
        rebalance(member)
        return Effect.sync(() => {
          members.delete(member)
          member.detach()
        })
      })

    const stop = Effect.gen(function* () {
      isStopping = true
      for (const member of Array.from(members)) member.stop()
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
        yield* Effect.forkScoped(Effect.repeat(leaveReplaced, Schedule.spaced(SUSPECT_INTERVAL)))
        for (const { address, work } of plan) start(carry(address, work))
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

const ownsSlots = ({ nodes, slots }: ClusterTopology, address: string): boolean => {
  const owner = nodes.findIndex((node) => node.address === address)
  return owner >= 0 && slots.includes(owner)
}

/** Refused once, refused again: waiting does not help. */
const isFinal = (error: ClientError): boolean =>
  error._tag === "ConnectionError" && (error.reason === "Auth" || error.reason === "Tls")

const withoutOwner = (topology: ClusterTopology): TopologyError =>
  new TopologyError({
    reason: "slots have no owner",
    node: topology.nodes.map(({ address }) => address).join(", ")
  })
