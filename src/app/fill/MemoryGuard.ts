/**
 * Stops a fill before a server runs out of memory: with maxmemory and noeviction
 * it would refuse every write from then on, everybody's.
 *
 * Every master's INFO is looked at now and then, over the connection that the
 * client has anyway, and at once when somebody has sent all that there was room
 * for. Whoever writes (the streams of this process, or worker processes) is
 * granted a part of the room; what has been granted and not yet been executed
 * counts as taken. What a key takes is estimated on the high side and never
 * learned: keys that are already there take nothing, and say nothing of those to
 * come.
 */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { masters } from "../../protocol/ClusterTopology.ts"
import { text } from "../../protocol/Resp.ts"
import type { BudgetHolder } from "../transfer/MemoryBudget.ts"
import { bytesPerKey } from "../transfer/TransferSettings.ts"
import type { FillSettings } from "./FillSettings.ts"
import { keysThatFit, parseMemory, type ServerMemory } from "./ServerMemory.ts"

/** A master has no room for another group. */
export class MemoryFull extends Data.TaggedError("MemoryFull")<{
  readonly node: string
  /** Bytes. */
  readonly used: number
  /** Bytes. */
  readonly max: number
}> {}

export interface MemoryGuard {
  /** Lets a holder have its part, until the scope closes. */
  readonly admit: (holder: BudgetHolder) => Effect.Effect<void, never, Scope.Scope>
  /** A holder waits for room. */
  readonly hurry: () => void
  /** Never ends but by failing. */
  readonly full: Effect.Effect<never, MemoryFull>
}

const INTERVAL: Duration.Duration = Duration.millis(500)
/** Between two looks at a server that is nearly full, so that they cost it little. */
const SHORTEST_INTERVAL: Duration.Duration = Duration.millis(30)

/** A master that hangs must not keep the others waiting. */
const LOOK_TIMEOUT: Duration.Duration = Duration.seconds(2)

/** What one of several holders has at most: enough until the next look, and not all there is. */
const LEASE_BYTES = 256 * 1024 * 1024
const LEAST_LEASE_KEYS = 1024

/** A holder that has sent a node nothing for so long has nothing for it at present. */
const IDLE_MS = 2000

/**
 * Without replies: a server that has grown by less from look to look, so many
 * times, has executed all it was sent. Between two answers to INFO it reads 16 KiB
 * of every connection that has something for it.
 */
const STILL_BYTES = 12 * 1024
const STILL_LOOKS = 4

/** What a holder has been granted at a node. */
interface Grant {
  limit: number
  /** Keys that were executed, as far as is known without replies. */
  executed: number
  /** Keys that it has sent, and since when. */
  sent: number
  sentAt: number
}

type Settled = ReadonlyMap<BudgetHolder, number>

export const make = (
  client: RedisCommands,
  settings: FillSettings
): Effect.Effect<MemoryGuard, never, Scope.Scope> =>
  Effect.gen(function* () {
    const full = yield* Deferred.make<never, MemoryFull>()
    const hurry = yield* Effect.makeLatch(false)
    const holders = new Map<BudgetHolder, Map<string, Grant>>()
    /** The servers whose last word was a limit. */
    const limited = new Set<string>()
    const usedBefore = new Map<string, number>()
    const stillLooks = new Map<string, number>()
    const lease =
      settings.processes === 1
        ? Number.POSITIVE_INFINITY
        : Math.max(LEAST_LEASE_KEYS, LEASE_BYTES / bytesPerKey(settings))

    const grantsAt = (address: string) =>
      Array.from(holders, ([holder, grants]) => {
        let grant = grants.get(address)
        if (grant === undefined)
          grants.set(address, (grant = { limit: 0, executed: 0, sent: 0, sentAt: performance.now() }))
        return { holder, grant }
      })

    const lift = (address: string): void => {
      for (const { grant, holder } of grantsAt(address)) {
        grant.limit = Number.POSITIVE_INFINITY
        holder.grant(address, grant.limit)
      }
    }

    /** A server that does not say is for the streams to deal with; a limit that it has named holds. */
    const despair = (address: string): void => {
      if (!limited.has(address)) lift(address)
    }

    /** Divides the room; true when somebody waits and nothing will come of it. */
    const divide = (address: string, room: number, settledBefore: Settled, isStill: boolean): boolean => {
      const shares = grantsAt(address).map(({ grant, holder }) => {
        const account = holder.account(address)
        if (isStill && account.waitingFor > 0) grant.executed = account.sent
        if (grant.limit === Number.POSITIVE_INFINITY) grant.limit = account.sent
        const settled = Math.max(settledBefore.get(holder) ?? 0, grant.executed)
        return { account, grant, holder, settled, held: grant.limit - settled }
      })
      const free = room - shares.reduce((keys, { held }) => keys + held, 0)
      const now = performance.now()
      let stuck = 0
      let idle = 0
      for (const { account, grant, held, holder, settled } of shares) {
        grant.limit += Math.floor(Math.min(lease - held, free / settings.processes))
        if (account.sent !== grant.sent) [grant.sent, grant.sentAt] = [account.sent, now]
        if (account.sent === settled) {
          if (account.waitingFor > grant.limit - account.sent) stuck++
          // It may have finished with this node; what it holds here is lost to the others.
          else if (account.waitingFor === 0 && now - grant.sentAt > IDLE_MS) idle++
        }
        holder.grant(address, grant.limit)
      }
      return stuck > 0 && stuck + idle === shares.length
    }

    const judge = (
      address: string,
      { max, used }: ServerMemory,
      settledBefore: Settled
    ): Effect.Effect<void> => {
      if (max === undefined) {
        limited.delete(address)
        return Effect.sync(() => lift(address))
      }
      limited.add(address)
      const isSame = used - (usedBefore.get(address) ?? 0) < STILL_BYTES
      const looks = isSame ? (stillLooks.get(address) ?? 0) + 1 : 0
      usedBefore.set(address, used)
      stillLooks.set(address, looks)
      const isStill = settings.replies === "off" && looks >= STILL_LOOKS
      return divide(address, keysThatFit(max - used, max, settings), settledBefore, isStill)
        ? Deferred.fail(full, new MemoryFull({ node: address, used, max }))
        : Effect.void
    }

    const look = (address: string): Effect.Effect<void> =>
      Effect.suspend(() => {
        // Before it is asked: what is answered in the meantime need not be in what it says.
        const settledBefore = new Map(
          Array.from(holders.keys(), (holder) => [holder, holder.account(address).settled])
        )
        return client.executeOn(address, "INFO", "memory").pipe(
          Effect.flatMap((reply) => judge(address, parseMemory(text(reply) ?? ""), settledBefore)),
          Effect.timeout(LOOK_TIMEOUT),
          Effect.catchAll(() => Effect.sync(() => despair(address)))
        )
      })

    const lookAtAll = Effect.flatMap(client.topology, (topology) =>
      Effect.forEach(masters(topology), ({ address }) => look(address), {
        concurrency: "unbounded",
        discard: true
      })
    )

    yield* Effect.sync(() => hurry.unsafeClose()).pipe(
      Effect.zipRight(lookAtAll),
      Effect.zipRight(Effect.sleep(SHORTEST_INTERVAL)),
      Effect.zipRight(Effect.timeoutOption(hurry.await, INTERVAL)),
      Effect.forever,
      Effect.forkScoped
    )
    return {
      admit: (holder) =>
        Effect.acquireRelease(
          Effect.sync(() => {
            holders.set(holder, new Map())
            hurry.unsafeOpen()
          }),
          () => Effect.sync(() => holders.delete(holder))
        ),
      hurry: () => hurry.unsafeOpen(),
      full: Deferred.await(full)
    }
  })
