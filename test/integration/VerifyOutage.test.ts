/** `verify` while a master dies or hangs: what is there is found, and nothing is said to be missing that is not. */
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { SandboxNode } from "../../src/app/sandbox/Sandbox.ts"
import { text } from "../../src/protocol/Resp.ts"
import { pauseFor, untilPromoted, untilReplicated } from "../support/Failover.ts"
import { documentOf, fill, startVerify, type VerifyDocument } from "../support/FillProgram.ts"
import {
  answerOf,
  startTestServers,
  type TestServers,
  THREE_MASTERS,
  THREE_MASTERS_WITH_REPLICAS
} from "../support/TestCluster.ts"

const KEYS = 20_480
const DATA = ["-d", "20MB", "--seed", "23"]
/** A key at a time for each master: so that there is a middle. */
const SLOWLY = ["-n", "3", "--pipeline", "1"]
/** Keys of a master that are read before something happens to it, which is about a seventh of them. */
const READ_BEFORE = 1000
const STOPPED_FOR = Duration.seconds(5)

/** GETs and MGETs that a node has executed. */
const readsOf = (node: SandboxNode): Effect.Effect<number> =>
  Effect.map(answerOf(node, "INFO", "commandstats"), (info) =>
    Array.from((text(info) ?? "").matchAll(/cmdstat_m?get:calls=(\d+)/g)).reduce(
      (sum, [, calls]) => sum + Number(calls),
      0
    )
  )

const outages: ReadonlyArray<{
  readonly name: string
  readonly servers: Parameters<typeof startTestServers>[0]
  readonly outage: (servers: TestServers, master: SandboxNode) => Effect.Effect<void>
}> = [
  {
    name: "a master with a replica is killed",
    servers: THREE_MASTERS_WITH_REPLICAS,
    outage: (servers, master) => servers.kill(master)
  },
  {
    name: "a master hangs for 5 s",
    servers: THREE_MASTERS,
    outage: (servers, master) => pauseFor(servers, master, STOPPED_FOR)
  },
  {
    name: "a master hangs, is replaced, and goes on",
    servers: THREE_MASTERS_WITH_REPLICAS,
    outage: (servers, master) =>
      Effect.acquireUseRelease(
        servers.pause(master),
        // Until its successor has been found, so that what it has not answered is read there.
        () => Effect.zipRight(untilPromoted(servers, master), Effect.sleep("1 second")),
        () => servers.resume(master)
      )
  }
]

describe("verify reads everything while", () => {
  for (const { name, outage, servers: options } of outages) {
    it.live(
      name,
      () =>
        Effect.gen(function* () {
          const servers = yield* startTestServers(options)
          const [, master] = servers.masters
          expect((yield* fill(servers, ...DATA)).status).toBe(0)
          const [, own] = yield* servers.keysPerMaster
          yield* untilReplicated(servers)
          const run = yield* startVerify(servers, ...DATA, ...SLOWLY)
          const reads = yield* Effect.repeat(readsOf(master), {
            until: (reads) => reads >= READ_BEFORE,
            schedule: Schedule.spaced("5 millis")
          })
          yield* outage(servers, master)
          expect(reads).toBeLessThan(own)
          const end = yield* run.end
          expect([end.status, documentOf<VerifyDocument>(end)]).toMatchObject([
            0,
            { keys: KEYS, present: KEYS, missing: 0, different: 0, repaired: 0, errors: {} }
          ])
        }).pipe(Effect.scoped),
      120_000
    )
  }
})
