/** What a client holds: sockets here, connections there, fibers. A client that has come to rest holds what it held before. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Supervisor from "effect/Supervisor"
import type { ChaosCluster } from "./ChaosCluster.ts"

export interface Census {
  /** TCP sockets of this process. */
  readonly sockets: number
  /** The client's connections, as the living servers count them. */
  readonly connections: number
  readonly fibers: number
}

export interface CensusTaker {
  /** Runs an effect whose fibers, and those that they start, are counted. */
  readonly counted: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  readonly take: Effect.Effect<Census>
  /** Waits until the census is as it was, or for so long that it will not be; the last one taken. */
  readonly takeWhenBack: (before: Census) => Effect.Effect<Census>
}

/** Connections are closed once what they owe has come: that and a few refreshes are over long before, also on a busy machine. */
const REST_TIMEOUT = "40 seconds"
const REST_INTERVAL = "100 millis"

/** `clientName` is what the client under test calls itself. */
export const makeCensusTaker = (cluster: ChaosCluster, clientName: string): Effect.Effect<CensusTaker> =>
  Effect.map(Supervisor.track, (fibers) => {
    const take = Effect.gen(function* () {
      // First: asking the servers takes connections of its own.
      const sockets = process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length
      const connections = yield* cluster.connectionsNamed(clientName)
      const self = yield* Effect.fiberId
      const others = (yield* fibers.value).filter((fiber) => Fiber.id(fiber) !== self)
      return { sockets, connections, fibers: others.length }
    })
    return {
      counted: Effect.supervised(fibers),
      take,
      takeWhenBack: (before) => {
        let latest = before
        return Effect.map(take, (census) => {
          latest = census
          return (
            census.sockets === before.sockets &&
            census.connections === before.connections &&
            census.fibers === before.fibers
          )
        }).pipe(
          Effect.repeat({ until: (isBack) => isBack, schedule: Schedule.spaced(REST_INTERVAL) }),
          Effect.timeoutOption(REST_TIMEOUT),
          Effect.map(() => latest)
        )
      }
    }
  })
