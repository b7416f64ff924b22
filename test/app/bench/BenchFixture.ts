/** Settings of a run for tests of its parts. */
import type { BenchSettings } from "../../../src/app/bench/BenchSettings.ts"

const words = (...texts: ReadonlyArray<string>): ReadonlyArray<Uint8Array> =>
  texts.map((text) => Buffer.from(text))

export const SET = { name: "set", words: words("SET", "{k}", "{v}"), weight: 1 }
export const GET = { name: "get", words: words("GET", "{k}"), weight: 1 }

export const benchSettings = (some: Partial<BenchSettings> = {}): BenchSettings => ({
  isCluster: false,
  operation: "set",
  mix: [SET],
  keys: 1000,
  keyChoice: { _tag: "Uniform" },
  keySize: 16,
  valueSize: 16,
  seed: 1,
  clients: 1,
  pipeline: 1,
  multiplexerCount: 1,
  workers: 1,
  rate: undefined,
  warmup: 0,
  limit: { _tag: "Requests", count: 100 },
  interval: 1000,
  isByInterval: false,
  hdrFile: undefined,
  ...some
})
