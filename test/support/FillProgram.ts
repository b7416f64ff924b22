/** `fill --json` and `verify --json` against test servers, and what they say and do there. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as TestServices from "effect/TestServices"
import { sandboxEnvironment } from "../../src/app/sandbox/SandboxEnvironment.ts"
import * as Connection from "../../src/connection/Connection.ts"
import { DataSet, type DataSetOptions } from "../../src/dataset/DataSet.ts"
import { slotOfIndex } from "../../src/dataset/KeyFormat.ts"
import type { RespValue } from "../../src/protocol/Resp.ts"
import { type ProgramEnd, type ProgramRun, runProgram, startProgram } from "./ProgramRun.ts"
import type { TestServers } from "./TestCluster.ts"

export const MEBIBYTE = 1024 * 1024

export interface FillDocument {
  readonly seed: number
  readonly keys: number
  readonly bytes: number
  readonly acknowledged: number | null
  readonly seconds: number
  readonly nodes: ReadonlyArray<{
    readonly address: string
    readonly keys: number
    readonly bytes: number
    readonly evicted: number
  }>
  readonly moved: number
  readonly asked: number
  readonly resent: number
  readonly errors: Readonly<Record<string, number>>
  readonly verify?: { readonly keys: number; readonly present: number }
  readonly error?: { readonly tag: string; readonly message: string; readonly node: string | null }
}

/** Runs `fill --json` with the servers' environment. */
export const fill = (servers: TestServers, ...args: ReadonlyArray<string>): Effect.Effect<ProgramEnd> =>
  runProgram(["fill", "--json", ...args], sandboxEnvironment(servers))

export const startFill = (
  servers: TestServers,
  ...args: ReadonlyArray<string>
): Effect.Effect<ProgramRun, never, Scope.Scope> =>
  startProgram(["fill", "--json", ...args], sandboxEnvironment(servers))

export interface VerifyCounts {
  readonly keys: number
  readonly present: number
  readonly missing: number
  readonly different: number
  readonly repaired: number
}

export interface VerifyDocument extends VerifyCounts {
  readonly seed: number
  readonly nodes: ReadonlyArray<VerifyCounts & { readonly address: string }>
  readonly errors: Readonly<Record<string, number>>
  readonly sampledFrom?: number
  readonly error?: { readonly tag: string; readonly message: string; readonly node: string | null }
}

/** Runs `verify --json` with the servers' environment. */
export const verify = (
  servers: TestServers,
  ...args: ReadonlyArray<string>
): Effect.Effect<ProgramEnd & { readonly document: VerifyDocument }> =>
  Effect.map(runProgram(["verify", "--json", ...args], sandboxEnvironment(servers)), (end) => ({
    ...end,
    document: documentOf<VerifyDocument>(end)
  }))

export const startVerify = (
  servers: TestServers,
  ...args: ReadonlyArray<string>
): Effect.Effect<ProgramRun, never, Scope.Scope> =>
  startProgram(["verify", "--json", ...args], sandboxEnvironment(servers))

/** The one document on standard output. */
export const documentOf = <Document = FillDocument>({ stderr, stdout }: ProgramEnd): Document => {
  const lines = stdout.split("\n")
  if (lines.length !== 2 || lines[1] !== "" || stderr.includes("    at ")) {
    throw new Error(`not one document, or a stack trace: ${stdout}${stderr}`)
  }
  return JSON.parse(lines[0]) as Document
}

export const sum = (counts: ReadonlyArray<number>): number =>
  counts.reduce((total, count) => total + count, 0)

const READ_AT_ONCE = 1000

/** Reads the first `keys` keys by plain GETs at their slots' masters; gives the indexes of those that are not there as they should be. */
export const wrongKeys = (
  servers: TestServers,
  options: DataSetOptions,
  keys: number
): Effect.Effect<ReadonlyArray<number>> =>
  Effect.gen(function* () {
    const set = new DataSet(options)
    const wrong: Array<number> = []
    for (const master of servers.masters) {
      const connection = yield* Connection.connect(master.server.connectionOptions)
      const isOwn = (index: number) =>
        servers.mode === "standalone" || servers.masterOf(slotOfIndex(index)) === master
      const own = Array.from({ length: keys }, (_, index) => index).filter(isOwn)
      for (let start = 0; start < own.length; start += READ_AT_ONCE) {
        const indexes = own.slice(start, start + READ_AT_ONCE)
        const values = yield* connection.executeMany(indexes.map((index) => ["GET", set.key(index)]))
        wrong.push(...indexes.filter((index, position) => !isValue(values[position], set.value(index))))
      }
    }
    return wrong
  }).pipe(Effect.scoped, Effect.orDie)

const isValue = (reply: RespValue, value: Buffer): boolean =>
  reply._tag === "BulkString" && value.compare(reply.value) === 0

/** Waits until the servers hold so many keys: the fill is under way. */
export const untilKeys = (servers: TestServers, keys: number): Effect.Effect<void> =>
  Effect.repeat(servers.keysPerMaster, {
    until: (counts) => sum(counts) >= keys,
    schedule: Schedule.spaced("5 millis")
  }).pipe(TestServices.provideLive, Effect.asVoid)

/** So that there is time for something to happen in the meantime. */
export const SLOWLY = ["--serial", "--pipeline", "4"]
