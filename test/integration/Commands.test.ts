/**
 * Every command of the typed API, called on real servers on RESP2 and RESP3:
 * both have to give the same value, and the one that is expected.
 */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import { methodName } from "../../src/client/commands/ArgumentSyntax.ts"
import { commandsWithMethod } from "../../src/client/commands/CommandMethods.ts"
import { Redis } from "../../src/client/Redis.ts"
import { generatedFrom } from "../../src/protocol/CommandTable.generated.ts"
import * as StandaloneClient from "../../src/client/StandaloneClient.ts"
import { STANDALONE, startTestServers, THREE_MASTERS_WITH_REPLICAS } from "../support/TestCluster.ts"
import { clusterNodeSteps, clusterSteps } from "./commandSteps/ClusterSteps.ts"
import { geoSteps, sortedSetSteps, streamSteps } from "./commandSteps/IndexSteps.ts"
import { keySteps, scriptSteps, standaloneKeySteps } from "./commandSteps/KeySteps.ts"
import {
  commandTableSteps,
  connectionSteps,
  persistenceSteps,
  settingSteps,
  userSteps
} from "./commandSteps/ServerSteps.ts"
import { type Outcome, recording, runSteps, type Step } from "./commandSteps/Step.ts"
import { hashSteps, listSteps, setSteps, stringSteps } from "./commandSteps/ValueSteps.ts"

/** Methods that no test can call on a server that it needs afterwards, or that has what they need. None at present. */
const NOT_CALLED: Readonly<Record<string, string>> = {}

const called = new Set<string>()

/** A server's or a cluster's answers to the steps, by a client that speaks the protocol. */
const answers = (
  layer: Layer.Layer<ClusterClient, { readonly message: string }>,
  steps: ReadonlyArray<Step>
) =>
  Effect.gen(function* () {
    const redis = yield* Redis
    const info = yield* redis.info(["server"])
    const version = /^redis_version:(\S+)/m.exec(info)?.[1]
    return {
      ...(yield* runSteps(recording(redis, called), steps)),
      isSameVersion: `redis ${version}` === generatedFrom
    }
  }).pipe(Effect.provide(Layer.provide(Redis.layer, layer)), Effect.scoped)

/** Another version words and counts some things differently; it has to be understood, and to say the same on RESP2 and RESP3. */
const expectAnswers = (onBoth: ReadonlyArray<Effect.Effect.Success<ReturnType<typeof answers>>>): void => {
  for (const { expected, isSameVersion, outcomes } of onBoth) {
    if (isSameVersion) expect(outcomes).toEqual(expected)
    else expect(outcomes.filter(isMisunderstood)).toEqual([])
  }
  expect(onBoth[1].outcomes).toEqual(onBoth[0].outcomes)
}

const isMisunderstood = ({ value }: Outcome): boolean =>
  /the reply is .*, expected/.test((value as { readonly failed?: string } | null | undefined)?.failed ?? "")

const DATA_STEPS = [
  ...stringSteps,
  ...hashSteps,
  ...listSteps,
  ...setSteps,
  ...sortedSetSteps,
  ...streamSteps,
  ...geoSteps
]

const STANDALONE_STEPS = [
  ...DATA_STEPS,
  ...keySteps,
  ...standaloneKeySteps,
  ...scriptSteps,
  ...connectionSteps,
  ...userSteps,
  ...commandTableSteps,
  ...settingSteps,
  ...persistenceSteps
]

describe("every command, called on real servers", () => {
  it.live("a standalone server answers the same on RESP2 and RESP3", () =>
    Effect.gen(function* () {
      const onBoth = yield* Effect.forEach([2, 3] as const, (protocol) =>
        Effect.scoped(
          Effect.gen(function* () {
            const folder = yield* Effect.acquireRelease(
              Effect.sync(() => mkdtempSync(join(tmpdir(), "commands-test-"))),
              (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
            )
            const aclFile = join(folder, "users.acl")
            writeFileSync(aclFile, "")
            const servers = yield* startTestServers({
              ...STANDALONE,
              config: [
                ["enable-debug-command", "yes"],
                ["enable-module-command", "yes"],
                ["aclfile", aclFile]
              ]
            })
            const layer = StandaloneClient.layer({ seeds: [servers.seed], protocol })
            return yield* answers(layer, STANDALONE_STEPS)
          })
        )
      )
      expectAnswers(onBoth)
    })
  )

  it.scopedLive("so does a cluster", () =>
    Effect.gen(function* () {
      const servers = yield* startTestServers(THREE_MASTERS_WITH_REPLICAS)
      const onBoth = yield* Effect.forEach([2, 3] as const, (protocol) =>
        answers(ClusterClient.layer({ seeds: [servers.seed], protocol }), [
          ...keySteps,
          ...DATA_STEPS,
          ...scriptSteps,
          ...clusterSteps
        ])
      )
      expectAnswers(onBoth)
    })
  )

  it.live("and a node whose part in a cluster is changed", () =>
    Effect.gen(function* () {
      const onBoth = yield* Effect.forEach([2, 3] as const, (protocol) =>
        Effect.scoped(
          Effect.gen(function* () {
            const servers = yield* startTestServers({ ...STANDALONE, config: [["cluster-enabled", "yes"]] })
            return yield* answers(
              StandaloneClient.layer({ seeds: [servers.seed], protocol }),
              clusterNodeSteps
            )
          })
        )
      )
      expectAnswers(onBoth)
    })
  )

  it("leaves no method out", () => {
    const missing = commandsWithMethod.map(methodName).filter((name) => !called.has(name))
    expect(missing).toEqual(Object.keys(NOT_CALLED))
  })
})
