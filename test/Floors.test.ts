import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { findViolations, type Import, type ImportGraph, readImports } from "./support/Floors.ts"

const SOURCE = join(import.meta.dirname, "..", "src")
const LONGEST_FILE_LINES = 300

const files = readdirSync(SOURCE, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) =>
    join(entry.parentPath, entry.name)
      .slice(SOURCE.length + 1)
      .replaceAll("\\", "/")
  )
  .toSorted()

const textOf = (file: string): string => readFileSync(join(SOURCE, file), "utf8")

const graph: ImportGraph = Object.fromEntries(files.map((file) => [file, readImports(file, textOf(file))]))

const value = (specifier: string): Import => ({ specifier, isTypeOnly: false })
const type = (specifier: string): Import => ({ specifier, isTypeOnly: true })

/** A small tree that keeps the rules. */
const sound: ImportGraph = {
  "protocol/Resp.ts": [],
  "protocol/RespDecoder.ts": [value("protocol/Resp.ts")],
  "dataset/FillPlan.ts": [value("protocol/Resp.ts"), value("node:crypto")],
  "connection/PendingQueue.ts": [type("protocol/Resp.ts")],
  "connection/Pipeline.ts": [
    value("connection/PendingQueue.ts"),
    type("node:stream"),
    type("connection/Connection.ts")
  ],
  "connection/Transport.ts": [value("node:net"), value("effect/Effect")],
  "connection/Connection.ts": [value("connection/Transport.ts"), value("effect/Effect")],
  "client/ClusterClient.ts": [value("connection/Connection.ts"), value("protocol/RespDecoder.ts")],
  "app/Output.ts": [value("client/ClusterClient.ts"), value("@effect/cli/Command")],
  "app/Commands.ts": [value("app/fill/Fill.ts"), value("app/Output.ts")],
  "app/transfer/Plan.ts": [value("app/Output.ts")],
  "app/fill/Fill.ts": [
    value("app/Output.ts"),
    value("dataset/FillPlan.ts"),
    value("app/transfer/Plan.ts"),
    value("app/fill/Report.ts")
  ],
  "app/fill/Report.ts": [],
  "app/bench/Bench.ts": [value("app/Output.ts")],
  "program.ts": [value("app/Commands.ts")],
  "index.ts": [value("client/ClusterClient.ts"), value("@effect/platform/FileSystem")]
}

const withImport = (file: string, added: Import): ImportGraph => ({
  ...sound,
  [file]: [...(sound[file] ?? []), added]
})

describe("the source tree", () => {
  it("keeps its floors", () => {
    expect(findViolations(graph)).toEqual([])
  })

  it("is read: its files and the imports in them are found", () => {
    expect(files).toContain("protocol/RespDecoder.ts")
    expect(graph["protocol/RespDecoder.ts"]).toContainEqual({
      specifier: "protocol/Resp.ts",
      isTypeOnly: false
    })
    expect(graph["protocol/HashSlot.ts"]).toContainEqual({ specifier: "protocol/Resp.ts", isTypeOnly: true })
  })

  it("would not keep them with one upward import more, in any file below the entry", () => {
    const below = files.filter((file) => file.includes("/") && file !== "app/Commands.ts")
    const kept = below.filter((file) => {
      const upward = {
        ...graph,
        [file]: [...graph[file], value("program.ts")],
        "program.ts": graph["program.ts"] ?? []
      }
      return !findViolations(upward).includes(`${file} imports upward: program.ts`)
    })
    expect(kept).toEqual([])
  })

  it(`has no file longer than ${LONGEST_FILE_LINES} lines, generated ones apart`, () => {
    const long = files
      .filter((file) => !file.endsWith(".generated.ts"))
      .map((file) => `${file}: ${textOf(file).trimEnd().split("\n").length}`)
      .filter((line) => Number(line.split(": ")[1]) > LONGEST_FILE_LINES)
    expect(long).toEqual([])
  })
})

describe("findViolations", () => {
  it("finds nothing in a tree that keeps the rules", () => {
    expect(findViolations(sound)).toEqual([])
  })

  it.each<[string, string, Import]>([
    ["an import of connection by protocol", "protocol/Resp.ts", type("connection/Pipeline.ts")],
    ["an import of client by connection", "connection/Transport.ts", value("client/ClusterClient.ts")],
    ["an import of app by client", "client/ClusterClient.ts", value("app/Output.ts")],
    ["an import of a mode by the files all modes share", "app/Output.ts", value("app/fill/Fill.ts")],
    ["an import of a mode by what modes share", "app/transfer/Plan.ts", value("app/fill/Fill.ts")],
    ["an import of main", "app/fill/Fill.ts", value("program.ts")],
    ["an import of the list of commands by a mode", "app/fill/Fill.ts", value("app/Commands.ts")]
  ])("finds %s", (_, file, added) => {
    expect(findViolations(withImport(file, added))).toContain(`${file} imports upward: ${added.specifier}`)
  })

  it.each<[string, string, string, RegExp]>([
    ["one mode that imports another", "app/bench/Bench.ts", "app/fill/Report.ts", /imports beside itself/],
    ["dataset in client", "client/ClusterClient.ts", "dataset/FillPlan.ts", /imports beside itself/],
    ["the program in index", "index.ts", "program.ts", /imports beside itself/],
    ["connection in dataset", "dataset/FillPlan.ts", "connection/Transport.ts", /more than protocol/],
    ["effect in protocol", "protocol/Resp.ts", "effect/Effect", /is kernel but imports/],
    ["node:net in protocol", "protocol/Resp.ts", "node:net", /is kernel but imports/],
    ["node:fs in dataset", "dataset/FillPlan.ts", "node:fs", /is kernel but imports/],
    ["node:tls in Pipeline", "connection/Pipeline.ts", "node:tls", /is kernel but imports/],
    ["effect in PendingQueue", "connection/PendingQueue.ts", "effect/Effect", /is kernel but imports/],
    [
      "effect in what Pipeline imports",
      "connection/Pipeline.ts",
      "connection/Transport.ts",
      /Transport.ts is kernel/
    ],
    ["the barrel of effect", "client/ClusterClient.ts", "effect", /imports all of effect/],
    ["the barrel of @effect/platform", "app/Output.ts", "@effect/platform", /imports all of/],
    [
      "a package that users of the library lack",
      "index.ts",
      "@effect/cli/Command",
      /whose users do not have/
    ],
    [
      "such a package deep in the library",
      "connection/Transport.ts",
      "ws",
      /Transport.ts is part of the library/
    ],
    ["app in the library", "index.ts", "app/Output.ts", /whose users do not have @effect\/cli/],
    ["a file outside of src", "app/Output.ts", "test/support/Floors.ts", /not in src/],
    ["a file that is not there", "protocol/Resp.ts", "protocol/Gone.ts", /not in src/]
  ])("finds %s", (_, file, specifier, expected) => {
    expect(findViolations(withImport(file, value(specifier))).join("\n")).toMatch(expected)
  })

  it("finds an import of an Effect's type in the kernel, where node's types are allowed", () => {
    expect(findViolations(withImport("protocol/Resp.ts", type("effect/Effect")))).toHaveLength(1)
    expect(findViolations(withImport("protocol/Resp.ts", type("node:net")))).toEqual([])
  })

  it("finds a cycle of two, of three and of one, even of types", () => {
    expect(findViolations(withImport("protocol/Resp.ts", type("protocol/RespDecoder.ts")))).toEqual([
      "a cycle: protocol/Resp.ts > protocol/RespDecoder.ts > protocol/Resp.ts"
    ])
    expect(findViolations(withImport("app/fill/Report.ts", value("app/fill/Fill.ts")))).toHaveLength(1)
    expect(findViolations(withImport("app/bench/Bench.ts", value("app/bench/Bench.ts")))).toHaveLength(1)
    const three = {
      "protocol/A.ts": [value("protocol/B.ts")],
      "protocol/B.ts": [value("protocol/C.ts")],
      "protocol/C.ts": [value("protocol/A.ts")]
    }
    expect(findViolations(three)).toEqual([
      "a cycle: protocol/A.ts > protocol/B.ts > protocol/C.ts > protocol/A.ts"
    ])
  })

  it("finds a file that stands on no floor", () => {
    expect(findViolations({ "misc/Things.ts": [] })).toEqual(["misc/Things.ts stands on no floor"])
    expect(findViolations({ "Things.ts": [] })).toEqual(["Things.ts stands on no floor"])
  })
})

describe("readImports", () => {
  it("reads every form of import and re-export, and whether it is of types alone", () => {
    const source = `
import * as Effect from "effect/Effect"
import type { A } from "./A.ts"
import { type B, type C } from "../client/B.ts"
import { type D, e } from "./D.ts"
import F, {
  type G
} from '../../F.ts'
import "./Effects.ts"
import R, * as S from "./R.ts"
export { h } from "./H.ts"
export * from "./I.ts"
export * as J from "./J.ts"
export type { K } from "./K.ts"
export type N = { readonly n: number }
import O from "./O.ts"
export interface P {
  readonly p: number
}
export { q } from "./Q.ts"
import type from "./Type.ts"
const lazy = () => import("./L.ts")
type M = import("./M.ts").M
`
    expect(readImports("connection/pool/X.ts", source)).toEqual([
      value("effect/Effect"),
      type("connection/pool/A.ts"),
      value("connection/client/B.ts"),
      value("connection/pool/D.ts"),
      value("F.ts"),
      value("connection/pool/R.ts"),
      value("connection/pool/H.ts"),
      value("connection/pool/I.ts"),
      value("connection/pool/J.ts"),
      type("connection/pool/K.ts"),
      value("connection/pool/O.ts"),
      value("connection/pool/Q.ts"),
      value("connection/pool/Type.ts"),
      value("connection/pool/Effects.ts"),
      value("connection/pool/L.ts"),
      value("connection/pool/M.ts")
    ])
  })

  it("takes no text and no comment for an import", () => {
    const source = `
/**
 * import { a } from "./A.ts"
 */
// import { b } from "./B.ts"
export const from = "./C.ts"
export const copied = Array.from("./D.ts")
export const sentence = "import it from 'E'"
`
    expect(readImports("protocol/X.ts", source)).toEqual([])
  })
})
