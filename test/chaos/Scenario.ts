/** One chaos run: a cluster at work, something that happens to it, and what its callers and servers say afterwards. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Scope from "effect/Scope"
import type { SandboxNode } from "../../src/app/sandbox/Sandbox.ts"
import * as ClusterClient from "../../src/client/ClusterClient.ts"
import type { ClusterOptions } from "../../src/client/ClusterConfig.ts"
import type { RedisCommands } from "../../src/client/RedisCommands.ts"
import { formatAddress } from "../../src/protocol/ClusterTopology.ts"
import { type Relay, startRelay } from "../support/Relay.ts"
import { measureStalls, type StallMeter } from "../support/Stall.ts"
import { prepare, runCallers } from "./Callers.ts"
import { type Census, makeCensusTaker } from "./Census.ts"
import type { ChaosCluster } from "./ChaosCluster.ts"
import { type Ledger, makeLedger } from "./Ledger.ts"

export interface Stage {
  readonly client: RedisCommands
  readonly cluster: ChaosCluster
  readonly ledger: Ledger
  /** The relay that the client reaches the node through, in a scenario with relays. */
  readonly relayOf: (node: SandboxNode) => Relay
  /** How long to look on where looking on is all there is to do. */
  readonly look: Duration.Duration
  /** How many slots are moved. */
  readonly slotCount: number
}

/** What an event did, as far as it matters for the verdict. */
export interface Happening {
  /** When a replica was promoted, by `performance.now`. */
  readonly promotedAt?: number
  /** Slots of which acknowledged writes may be lost: replication is asynchronous. */
  readonly lossySlots?: ReadonlySet<number>
  /** Slots that were out of reach; callers of all others must not have noticed. */
  readonly cutSlots?: ReadonlySet<number>
  /** It took so long that INCR callers may be told that a command may have been executed, though the scenario does not allow it. */
  readonly isProlonged?: boolean
  /** Promises that the event itself found broken. */
  readonly violations?: ReadonlyArray<string>
}

export interface Scenario {
  readonly name: string
  /** The client reaches every node through a relay of its own. */
  readonly isRelayed?: boolean
  readonly clientOptions?: Partial<ClusterOptions>
  /** Whether INCR callers may be told that a command may have been executed. Nobody else may see an error. */
  readonly allowsMaybe: boolean
  /** With the callers at work; returns when the cluster is whole again. */
  readonly event: (stage: Stage) => Effect.Effect<Happening, never, Scope.Scope>
}

export interface ScenarioOptions {
  readonly callersOfAKind: number
  /** Milliseconds at most between two commands of a caller. */
  readonly thinkTime: number
  readonly look: Duration.Duration
  readonly slotCount: number
}

export interface ScenarioResult {
  readonly scenario: Scenario
  readonly ledger: Ledger
  /** What the servers hold at the end, by account. */
  readonly values: ReadonlyArray<string | undefined>
  readonly happening: Happening
  /** As `eventAt`, by `performance.now`. */
  readonly startedAt: number
  readonly eventAt: number
  readonly seconds: number
  /** In which this process did not run, because others did. */
  readonly stalls: StallMeter
  readonly before: Census
  readonly after: Census
}

/** Commands of each caller before the event, so that every connection is there when the census is taken. */
const WARM_UP_COMMANDS = 3
/** How long the callers go on before the event, and after the cluster is whole again. */
const LEAD: Duration.Duration = Duration.millis(500)

export const runScenario = (
  cluster: ChaosCluster,
  scenario: Scenario,
  options: ScenarioOptions
): Effect.Effect<ScenarioResult> =>
  Effect.gen(function* () {
    yield* cluster.settled
    const clientName = `chaos-${scenario.name.replaceAll(" ", "-")}`
    const census = yield* makeCensusTaker(cluster, clientName)
    const relays = new Map<string, Relay>()
    if (scenario.isRelayed === true) {
      for (const { address, server } of cluster.members()) relays.set(address, yield* startRelay(server))
    }
    const clientScope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
    // Masters, which stay connected: a replica that is a seed is left again when it is idle.
    const seeds = (yield* cluster.masters).map(({ node: { server } }) => ({
      host: server.host,
      port: server.port
    }))
    const client = yield* census.counted(
      ClusterClient.make({
        seeds,
        clientName,
        addressMap: (seed) => relays.get(formatAddress(seed.host, seed.port)) ?? seed,
        ...scenario.clientOptions
      }).pipe(Scope.extend(clientScope))
    )
    const ledger = makeLedger(scenario.name.replaceAll(" ", "-"), options.callersOfAKind)
    yield* prepare(client, ledger)
    const { thinkTime } = options
    yield* runCallers(client, ledger, { thinkTime, isOver: ({ done }) => done >= WARM_UP_COMMANDS })
    const before = yield* census.take

    let isOver = false
    const startedAt = performance.now()
    const stalls = yield* measureStalls
    const callers = yield* Effect.fork(
      census.counted(runCallers(client, ledger, { thinkTime, isOver: () => isOver }))
    )
    yield* Effect.sleep(LEAD)
    const eventAt = performance.now()
    const happening = yield* Effect.scoped(
      scenario.event({
        client,
        cluster,
        ledger,
        look: options.look,
        slotCount: options.slotCount,
        relayOf: ({ address }) => {
          const relay = relays.get(address)
          if (relay === undefined) throw new Error(`${scenario.name}: no relay in front of ${address}`)
          return relay
        }
      })
    )
    yield* cluster.settled
    yield* Effect.sleep(LEAD)
    isOver = true
    yield* Fiber.join(callers)
    const seconds = (performance.now() - startedAt) / 1000
    const after = yield* census.takeWhenBack(before)
    const values = yield* cluster.read(ledger.accounts)
    return { scenario, ledger, values, happening, startedAt, eventAt, seconds, stalls, before, after }
    // What the client warns of is what is being done to it.
  }).pipe(Effect.scoped, Effect.orDie, Logger.withMinimumLogLevel(LogLevel.Error))
