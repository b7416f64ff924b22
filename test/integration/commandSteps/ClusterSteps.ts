/** The cluster commands: those that ask any node, and those that change one, which a node by itself answers. */
import * as Effect from "effect/Effect"
import type { CommandError } from "../../../src/client/commands/TypedCommand.ts"
import type { RedisService } from "../../../src/client/Redis.ts"
import { failsWith, gives, givesShape, type Step } from "./Step.ts"

const masterId = (redis: RedisService): Effect.Effect<string, CommandError> =>
  Effect.map(redis.clusterShards(), ([{ nodes }]) => nodes.find(({ role }) => role === "master")!.id)

/** Of a client of a whole cluster. */
export const clusterSteps: ReadonlyArray<Step> = [
  gives((r) => r.clusterKeyslot("key{tag}"), 8338),
  gives((r) => r.flushall("SYNC"), undefined),
  gives((r) => r.set("{k}1", "v"), true),
  gives((r) => r.clusterCountkeysinslot(7629), 1),
  gives((r) => r.clusterGetkeysinslot(7629, 10), ["{k}1"]),
  gives((r) => r.mset({ a: 1, b: 2, c: 3 }), undefined),
  gives((r) => r.del(["a", "b", "c", "d"]), 3),
  givesShape((r) => r.clusterInfo()),
  givesShape((r) => r.clusterLinks()),
  givesShape((r) => r.clusterMyid()),
  givesShape((r) => r.clusterNodes()),
  givesShape((r) => r.clusterShards()),
  givesShape((r) => r.clusterSlots()),
  givesShape((r) => Effect.flatMap(masterId(r), (id) => r.clusterReplicas(id))),
  givesShape((r) => Effect.flatMap(masterId(r), (id) => r.clusterSlaves(id))),
  gives((r) => Effect.flatMap(masterId(r), (id) => r.clusterCountFailureReports(id)), 0),
  gives((r) => r.clusterSaveconfig(), undefined),
  givesShape((r) => r.clusterHelp())
]

/** Of a client of a single node that has cluster mode on, and belongs to no cluster. */
export const clusterNodeSteps: ReadonlyArray<Step> = [
  gives((r) => r.clusterSetConfigEpoch(5), undefined),
  gives((r) => r.clusterAddslots([1, 2, 3]), undefined),
  gives((r) => r.clusterDelslots(1), undefined),
  gives(
    (r) =>
      r.clusterAddslotsrange([
        { startSlot: 10, endSlot: 20 },
        { startSlot: 30, endSlot: 30 }
      ]),
    undefined
  ),
  gives((r) => r.clusterDelslotsrange({ startSlot: 15, endSlot: 20 }), undefined),
  failsWith((r) => r.clusterSetslot(2, { MIGRATING: "0".repeat(40) }), /ERR I don't know about node/),
  gives((r) => r.clusterSetslot(2, "STABLE"), undefined),
  gives((r) => r.clusterBumpepoch(), "STILL 5"),
  failsWith((r) => r.clusterForget("0".repeat(40)), /ERR Unknown node/),
  failsWith((r) => r.clusterReplicate("0".repeat(40)), /ERR Unknown node/),
  failsWith((r) => r.clusterReplicas("0".repeat(40)), /ERR Unknown node/),
  failsWith((r) => r.clusterSlaves("0".repeat(40)), /ERR Unknown node/),
  failsWith((r) => r.clusterCountFailureReports("0".repeat(40)), /ERR Unknown node/),
  failsWith((r) => r.clusterFailover("TAKEOVER"), /ERR You should send CLUSTER FAILOVER to a replica/),
  gives((r) => r.clusterMeet("127.0.0.1", 1, 2), undefined),
  gives((r) => r.clusterFlushslots(), undefined),
  gives((r) => r.clusterReset("SOFT"), undefined)
]
