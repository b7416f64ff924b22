/** What happens to a fill. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import { closeConnections } from "../../support/ClientKill.ts"
import { pauseFor, replicasOf, untilPromoted } from "../../support/Failover.ts"
import {
  answerOf,
  type TestServers,
  THREE_MASTERS,
  THREE_MASTERS_WITH_REPLICAS,
  TLS_AND_PASSWORD
} from "../../support/TestCluster.ts"
import type { FillTrial } from "./FillTrial.ts"

const STOPPED_FOR: Duration.Duration = Duration.seconds(5)
const CLIENT_KILL_PAUSE: Duration.Duration = Duration.millis(200)
/** So much after the middle of the fill, what is done again and again has been done often enough. */
const REPEATED_UNTIL = 0.8

/** Slots with all of their keys, one after the other, from one master to another. */
const reshard: FillTrial = {
  name: "live reshard",
  servers: THREE_MASTERS,
  isLong: true,
  loss: "never",
  trouble: ({ run, scale, servers }) =>
    Effect.gen(function* () {
      const [from, to] = servers.masters
      yield* servers.reshard(scale.slots, from, to)
      const hasEnded = yield* Effect.timeoutOption(run.end, 0)
      return hasEnded._tag === "Some" ? [`the fill had ended before ${scale.slots} slots were moved`] : []
    })
}

const kill: FillTrial = {
  name: "SIGKILL of a master with a replica",
  isAtLengthOnly: true,
  servers: THREE_MASTERS_WITH_REPLICAS,
  loss: "possible",
  trouble: ({ servers }) =>
    Effect.gen(function* () {
      yield* servers.kill(servers.masters[1])
      yield* untilPromoted(servers, servers.masters[1])
    })
}

/** The replica has been cut off for a while when it takes the place of its master: what it missed is lost. */
const killAheadOfReplica: FillTrial = {
  name: "SIGKILL of a master ahead of its replica",
  servers: THREE_MASTERS_WITH_REPLICAS,
  loss: "certain",
  trouble: ({ servers, untilWritten }) =>
    Effect.gen(function* () {
      const [, master] = servers.masters
      const replicas = replicasOf(servers, master)
      yield* Effect.forEach(replicas, servers.pause)
      // Or it would find what it has missed in its socket.
      yield* answerOf(master, "CLIENT", "KILL", "TYPE", "replica")
      yield* untilWritten(0.6)
      yield* servers.kill(master)
      yield* Effect.forEach(replicas, servers.resume)
      yield* untilPromoted(servers, master)
    })
}

/** The cluster is down meanwhile, and nothing is lost. */
const stop: FillTrial = {
  name: "SIGSTOP of a master for 5 s",
  servers: THREE_MASTERS,
  loss: "never",
  trouble: ({ servers }) => pauseFor(servers, servers.masters[1], STOPPED_FOR)
}

/** A replica takes the place of the stopped master, which acknowledges what it finds in its sockets when it goes on. */
const stopWithReplica: FillTrial = {
  name: "SIGSTOP of a master with a replica, replaced",
  servers: THREE_MASTERS_WITH_REPLICAS,
  loss: "possible",
  trouble: ({ servers }) =>
    Effect.gen(function* () {
      const [, master] = servers.masters
      yield* servers.pause(master)
      yield* untilPromoted(servers, master)
      yield* Effect.sleep("1 second")
      yield* servers.resume(master)
    })
}

const clientKill: FillTrial = {
  name: "CLIENT KILL every 200 ms",
  servers: THREE_MASTERS,
  loss: "never",
  trouble: ({ servers, untilWritten }) => killClients(servers, untilWritten(REPEATED_UNTIL))
}

const securely: FillTrial = {
  name: "TLS, a password, CLIENT KILL and a reshard",
  servers: { ...THREE_MASTERS, ...TLS_AND_PASSWORD },
  loss: "never",
  trouble: ({ scale, servers }) => {
    const [from, to] = servers.masters
    return killClients(servers, Effect.asVoid(servers.reshard(Math.ceil(scale.slots / 10), from, to)))
  }
}

export const FILL_TRIALS: ReadonlyArray<FillTrial> = [
  reshard,
  kill,
  killAheadOfReplica,
  stop,
  stopWithReplica,
  clientKill,
  securely
]

/** Closes all clients' connections at every master, again and again until something else has ended. */
const killClients = (servers: TestServers, until: Effect.Effect<void>): Effect.Effect<void> =>
  Effect.gen(function* () {
    const kills = yield* Effect.fork(
      Effect.repeat(closeConnections(servers), Schedule.spaced(CLIENT_KILL_PAUSE))
    )
    yield* until
    yield* Fiber.interrupt(kills)
  })
