/** A fill of scripted nodes, in this process. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as FillJob from "../../../src/app/fill/FillJob.ts"
import { WHOLE } from "../../../src/app/ShardOption.ts"
import type { FillSettings } from "../../../src/app/fill/FillSettings.ts"
import * as ClusterClient from "../../../src/client/ClusterClient.ts"
import type { RedisCommands } from "../../../src/client/RedisCommands.ts"
import * as StandaloneClient from "../../../src/client/StandaloneClient.ts"
import { DataSet } from "../../../src/dataset/DataSet.ts"
import type { FakeCluster } from "../../support/FakeCluster.ts"
import type { FakeNode } from "../../support/FakeNode.ts"
import type { FakeStore } from "../../support/FakeStore.ts"

/** Small keys and values: what is tested is who gets them. */
export const settingsOf = (keys: number, options: Partial<FillSettings> = {}): FillSettings => ({
  isCluster: false,
  seed: 1,
  keySize: 20,
  valueSize: 30,
  range: { from: 0, to: keys },
  shard: WHOLE,
  processes: 1,
  checkpoint: undefined,
  totalKeys: keys,
  connections: undefined,
  pipeline: 8192,
  command: { _tag: "Write" },
  replies: "on",
  silenceTimeout: Duration.seconds(10),
  ...options
})

export const standaloneClient = (node: FakeNode): Effect.Effect<RedisCommands, never, Scope.Scope> =>
  Effect.orDie(StandaloneClient.make({ seeds: [node] }))

export const clusterClient = (cluster: FakeCluster): Effect.Effect<RedisCommands, never, Scope.Scope> =>
  Effect.orDie(ClusterClient.make({ seeds: cluster.seeds }))

export const fillJob = (settings: FillSettings, client: RedisCommands): Effect.Effect<FillJob.FillJob> =>
  FillJob.make(settings, client)

/** The indexes of the keys that no store holds with their value, and keys that are in a store and not in the data set. */
export const wrongIn = (stores: ReadonlyArray<FakeStore>, settings: FillSettings) => {
  const set = new DataSet(settings)
  const missing: Array<number> = []
  const { from, to } = settings.range
  for (let index = from; index < to; index++) {
    const key = set.key(index).toString()
    const holders = stores.filter((store) => store.has(key))
    const value = holders[0]?.entries.get(key)
    if (holders.length !== 1 || value === undefined || set.value(index).compare(value) !== 0)
      missing.push(index)
  }
  const held = stores.reduce((sum, { entries }) => sum + entries.size, 0)
  return { missing, surplus: held - (to - from - missing.length) }
}

export const NOTHING_WRONG = { missing: [], surplus: 0 }
