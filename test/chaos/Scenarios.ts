/** What happens to the cluster, in the order in which it is done: what leaves the most behind comes last. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { SandboxNode } from "../../src/app/sandbox/Sandbox.ts"
import { SUSPICION } from "../../src/client/NodeRegistry.ts"
import type { RedisCommands } from "../../src/client/RedisCommands.ts"
import { findNodeByAddress, slotRanges } from "../../src/protocol/ClusterTopology.ts"
import { type ChaosCluster, type Master, poll } from "./ChaosCluster.ts"
import type { Ledger } from "./Ledger.ts"
import type { Scenario, Stage } from "./Scenario.ts"
import { subscribeSharded } from "./ShardedSubscriber.ts"

const CLIENT_KILLS = 20
const CLIENT_KILL_PAUSE: Duration.Duration = Duration.millis(100)

/** All connections of all clients, at every master, again and again. */
const clientKill: Scenario = {
  name: "CLIENT KILL",
  allowsMaybe: true,
  event: ({ cluster }) =>
    Effect.gen(function* () {
      const masters = yield* cluster.masters
      for (let count = 0; count < CLIENT_KILLS; count++) {
        yield* Effect.forEach(masters, ({ node }) => cluster.killClients(node), { concurrency: "unbounded" })
        yield* Effect.sleep(CLIENT_KILL_PAUSE)
      }
      return {}
    })
}

/** Slots with the callers' keys among them, to another master and back; a sharded subscription goes along. */
const reshard: Scenario = {
  name: "reshard",
  allowsMaybe: false,
  event: ({ client, cluster, ledger, slotCount }) =>
    Effect.gen(function* () {
      const [from, to] = yield* cluster.masters
      const slots = pickSlots(from, ledger, slotCount)
      const subscriber = yield* subscribeSharded(client, slots[0])
      yield* cluster.moveSlots(slots, from.node, to.node)
      yield* subscriber.hearsAgain
      yield* cluster.moveSlots(slots, to.node, from.node)
      yield* subscriber.hearsAgain
      return { violations: subscriber.violations(2) }
    })
}

/** A master joins and is given slots; then gives them back, is forgotten, and ends. */
const membership: Scenario = {
  name: "master added, removed",
  allowsMaybe: false,
  event: ({ client, cluster, ledger, look, slotCount }) =>
    Effect.gen(function* () {
      const added = yield* cluster.addMaster
      const [from] = yield* cluster.masters
      const slots = pickSlots(from, ledger, slotCount)
      yield* cluster.moveSlots(slots, from.node, added)
      yield* Effect.sleep(look)
      yield* cluster.moveSlots(slots, added, from.node)
      // As whoever operates it would: a master that is still asked is not ended.
      yield* isNoLongerAsked(client, added)
      yield* cluster.removeMaster(added)
      return {}
    })
}

/** A replica takes over because it was told to, as before maintenance: nobody is to notice. */
const manualFailover: Scenario = {
  name: "CLUSTER FAILOVER",
  allowsMaybe: false,
  event: (stage) =>
    Effect.gen(function* () {
      const master = yield* masterWithReplica(stage.cluster)
      const [replica] = master.replicas
      const startedAt = performance.now()
      const promotedAt = yield* stage.cluster.takeOver(replica)
      stage.ledger.mark = promotedAt
      yield* stage.cluster.demotion(master.node)
      // Until then it holds writes back, and a master that does so for longer is taken for one that hangs.
      const isProlonged = performance.now() - startedAt > Duration.toMillis(SUSPICION)
      yield* Effect.sleep(stage.look)
      return { promotedAt, isProlonged }
    })
}

/** Shorter than the cut, so that connections are given up while it lasts. */
const CUT_COMMAND_TIMEOUT: Duration.Duration = Duration.seconds(2)
const CUT: Duration.Duration = Duration.seconds(4)

/** The way to one master swallows everything and closes nothing; the cluster itself is well. */
const networkCut: Scenario = {
  name: "network cut",
  isRelayed: true,
  clientOptions: { commandTimeout: CUT_COMMAND_TIMEOUT },
  allowsMaybe: true,
  event: ({ cluster, ledger, look, relayOf }) =>
    Effect.gen(function* () {
      const [master] = yield* cluster.masters
      const relay = relayOf(master.node)
      relay.cut()
      yield* Effect.sleep(CUT)
      relay.heal()
      ledger.mark = performance.now()
      yield* Effect.sleep(look)
      return { cutSlots: new Set(master.slots) }
    })
}

/** A master hangs and closes nothing; a replica takes over; then the master is back, as a replica. */
const stop: Scenario = {
  name: "SIGSTOP of a master",
  allowsMaybe: true,
  event: (stage) =>
    Effect.gen(function* () {
      const master = yield* masterWithReplica(stage.cluster)
      yield* stage.cluster.pause(master.node)
      const promotedAt = yield* promotion(stage, master)
      yield* Effect.sleep(stage.look)
      yield* stage.cluster.resume(master.node)
      return { promotedAt }
    })
}

/** A master dies; a replica takes over; the master starts again, as a replica. */
const kill: Scenario = {
  name: "SIGKILL of a master",
  allowsMaybe: true,
  event: (stage) =>
    Effect.gen(function* () {
      const master = yield* masterWithReplica(stage.cluster)
      yield* stage.cluster.kill(master.node)
      const promotedAt = yield* promotion(stage, master)
      yield* Effect.sleep(stage.look)
      yield* stage.cluster.restart(master.node)
      return { promotedAt, lossySlots: new Set(master.slots) }
    })
}

export const SCENARIOS: ReadonlyArray<Scenario> = [
  clientKill,
  reshard,
  membership,
  manualFailover,
  networkCut,
  stop,
  kill
]

const masterWithReplica = (cluster: ChaosCluster): Effect.Effect<Master> =>
  Effect.flatMap(cluster.masters, (masters) => {
    const master = masters.find(({ replicas }) => replicas.length > 0)
    return master === undefined ? Effect.dieMessage("no master has a replica") : Effect.succeed(master)
  })

const promotion = ({ cluster, ledger }: Stage, master: Master): Effect.Effect<number> =>
  Effect.tap(cluster.promotionAmong(master.replicas), (promotedAt) =>
    Effect.sync(() => {
      ledger.mark = promotedAt
    })
  )

/** Waits until the client knows that the master serves no slot any more. */
const isNoLongerAsked = (client: RedisCommands, master: SandboxNode): Effect.Effect<void> =>
  Effect.asVoid(
    poll(
      Effect.map(client.topology, (topology) => {
        const node = findNodeByAddress(topology, master.address)
        return node === undefined || slotRanges(topology, node).length === 0 ? true : undefined
      }),
      () => `the client still asks ${master.address}`
    )
  )

/** So many slots of the master: first those of callers, so that the move is felt. */
const pickSlots = (master: Master, ledger: Ledger, count: number): ReadonlyArray<number> => {
  const called = new Set(ledger.accounts.map(({ slot }) => slot))
  return master.slots.toSorted((a, b) => Number(called.has(b)) - Number(called.has(a))).slice(0, count)
}
