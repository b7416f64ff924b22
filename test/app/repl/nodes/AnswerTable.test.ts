import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { answerTable } from "../../../../src/app/repl/nodes/AnswerTable.ts"
import type { NodeAnswer } from "../../../../src/app/repl/nodes/NodeAnswers.ts"
import * as Resp from "../../../../src/protocol/Resp.ts"
import type { RespValue } from "../../../../src/protocol/Resp.ts"

const answers = (...replies: ReadonlyArray<RespValue>): ReadonlyArray<NodeAnswer> =>
  replies.map((reply, index) => ({
    node: {
      id: String(index),
      host: "h",
      port: index + 1,
      address: `h:${index + 1}`,
      role: index < 2 ? "master" : "replica",
      hostname: undefined,
      masterId: undefined
    },
    reply
  }))
const WIDE = 1000
const lines = (command: ReadonlyArray<string>, ...replies: ReadonlyArray<RespValue>) =>
  answerTable(command, answers(...replies), WIDE)?.split("\n")

describe("answerTable", () => {
  it("adds up what the masters hold", () => {
    expect(lines(["DBSIZE"], Resp.integer(1000), Resp.integer(2), Resp.integer(1000))).toEqual([
      "NODE     ROLE     REPLY",
      "h:1      master   1,000",
      "h:2      master       2",
      "h:3      replica  1,000",
      "masters           1,002"
    ])
  })

  it("does not add up what does not add up", () => {
    expect(lines(["LASTSAVE"], Resp.integer(5), Resp.integer(6))).toHaveLength(3)
  })

  it("an error stands in its node's row", () => {
    expect(lines(["PING"], Resp.pong, Resp.simpleError("LOADING x"))).toEqual([
      "NODE  ROLE    REPLY",
      "h:1   master  PONG",
      "h:2   master  (error) LOADING x"
    ])
  })

  it("the settings of CONFIG GET have a row each, marked where the nodes differ", () => {
    const config = (...words: ReadonlyArray<string>) => Resp.array(words.map(Resp.bulkString))
    expect(
      lines(["CONFIG", "GET", "max*"], config("maxmemory", "0", "maxa", "1"), config("maxmemory", "9"))
    ).toEqual(["FIELD       h:1  h:2", "*maxmemory  0    9", "*maxa       1    -"])
  })

  it("takes keys for no fields", () => {
    const keys = Resp.array([Resp.bulkString("a"), Resp.bulkString("b")])
    expect(lines(["KEYS", "*"], keys, keys)).toBe(undefined)
  })

  it("is none for one node, for long texts, and where the terminal is too narrow", () => {
    expect(lines(["PING"], Resp.pong)).toBe(undefined)
    expect(lines(["GET", "k"], Resp.bulkString("x".repeat(100)), Resp.pong)).toBe(undefined)
    expect(answerTable(["PING"], answers(Resp.pong, Resp.pong), 10)).toBe(undefined)
  })

  const fieldName = fc.stringMatching(/^[a-z_]{1,8}$/)
  const fieldValue = fc.stringMatching(/^[a-z0-9.,=]{1,8}$/)
  it("of INFO every field of every node is there, in its node's column", () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fieldName, fieldValue, { minKeys: 1 }), { minLength: 2, maxLength: 4 }),
        (nodes) => {
          const texts = nodes.map((fields) =>
            Resp.bulkString(
              `# Section\r\n${Object.entries(fields)
                .map(([name, value]) => `${name}:${value}`)
                .join("\r\n")}\r\n`
            )
          )
          const [, ...rows] = lines(["INFO"], ...texts)!.map((line) => line.split(/ {2,}/))
          const names = new Set(nodes.flatMap((fields) => Object.keys(fields)))
          expect(rows.map(([name]) => name).sort()).toEqual(Array.from(names).sort())
          for (const [name, ...cells] of rows) {
            expect(cells).toEqual(nodes.map((fields) => (Object.hasOwn(fields, name) ? fields[name] : "-")))
          }
        }
      )
    )
  })
})
