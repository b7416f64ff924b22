/** What a server says of itself: clients, users, logs, latency, modules, functions. */
import * as FromResp from "../reply/FromResp.ts"
import {
  array,
  type Decoder,
  double,
  integer,
  optional,
  struct,
  text,
  tuple,
  withDefault
} from "../reply/FromResp.ts"

/** `name=value` divided by blanks: a line of CLIENT LIST. */
const namedValues = (line: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    line
      .split(" ")
      .filter((word) => word.includes("="))
      .map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)])
  )

/** One record for each client, under the names of CLIENT LIST: `id`, `addr`, `name`, `age`, ... */
export const clientList: Decoder<ReadonlyArray<Readonly<Record<string, string>>>> = FromResp.map(
  text,
  (lines) =>
    lines
      .split("\n")
      .filter((line) => line.includes("="))
      .map(namedValues)
)

/** How many clients were closed; the old form, which closes exactly one, answers `OK`. */
export const clientsKilled: Decoder<number> = FromResp.orElse(
  integer,
  FromResp.map(FromResp.ok, () => 1)
)

export const slowlogEntries = array(
  tuple({
    id: integer,
    /** Seconds since 1970. */
    time: integer,
    /** Microseconds. */
    duration: integer,
    arguments: array(text),
    clientAddress: text,
    clientName: text
  })
)

export const aclUser = struct({
  flags: array(text),
  /** SHA-256, hexadecimal. */
  passwords: array(text),
  commands: text,
  keys: text,
  channels: text,
  selectors: array(struct({ commands: text, keys: text, channels: text }))
})

export const aclLog = array(
  struct({
    count: integer,
    reason: text,
    context: text,
    object: text,
    username: text,
    ageSeconds: double,
    clientInfo: FromResp.map(text, namedValues)
  })
)

/** Times are seconds since 1970, latencies milliseconds. */
export const latencyLatest = array(tuple({ event: text, time: integer, latest: integer, max: integer }))
export const latencyHistory = array(tuple({ time: integer, latency: integer }))

/** Per command: how often it ran, and how often within so many microseconds. */
export const latencyHistogram = FromResp.record(
  struct({ calls: integer, histogramUsec: FromResp.pairs(integer, integer) })
)

export const memoryStats = FromResp.record(FromResp.orElse(double, FromResp.record(double)))

export const modules = array(
  struct({ name: text, ver: integer, path: optional(text), args: withDefault(array(text), []) })
)

export const functionLibraries = array(
  struct({
    libraryName: text,
    engine: text,
    functions: array(struct({ name: text, description: optional(text), flags: array(text) })),
    /** With WITHCODE. */
    libraryCode: optional(text)
  })
)

export const functionStats = struct({
  runningScript: optional(struct({ name: text, command: array(text), durationMs: integer })),
  engines: FromResp.record(struct({ librariesCount: integer, functionsCount: integer }))
})

export const serverTime = tuple({
  /** Since 1970. */
  seconds: FromResp.map(text, Number),
  /** Of the current second. */
  microseconds: FromResp.map(text, Number)
})

const masterRole = tuple({
  role: literal("master"),
  replicationOffset: integer,
  replicas: array(tuple({ host: text, port: double, replicationOffset: double }))
})

const replicaRole = tuple({
  role: literal("slave"),
  host: text,
  port: integer,
  /** `connect`, `connecting`, `sync`, `connected`. */
  state: text,
  replicationOffset: integer
})

const sentinelRole = tuple({ role: literal("sentinel"), masters: array(text) })

export const serverRole = FromResp.orElse(FromResp.orElse(masterRole, replicaRole), sentinelRole)

function literal<const Word extends string>(word: Word): Decoder<Word> {
  return FromResp.make((reply) => (text(reply) === word ? word : FromResp.mismatch(word, reply)))
}

/** Whether there was a key to move: `OK`, or `NOKEY`. */
export const isMigrated: Decoder<boolean> = FromResp.orElse(
  FromResp.map(FromResp.ok, () => true),
  FromResp.map(literal("NOKEY"), () => false)
)
