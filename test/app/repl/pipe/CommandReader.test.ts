import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import {
  CommandReader,
  INVALID_ARGUMENTS,
  type ReadCommand
} from "../../../../src/app/repl/pipe/CommandReader.ts"
import { INVALID_REPEAT } from "../../../../src/app/repl/words/Repeat.ts"
import { quoted } from "../../../../src/app/Quoting.ts"
import type { CommandArgument } from "../../../../src/protocol/Resp.ts"
import { encodeCommand } from "../../../../src/protocol/RespEncoder.ts"

const readAll = (chunks: ReadonlyArray<Buffer>) => {
  const commands: Array<ReadCommand> = []
  const reader = new CommandReader((command) => commands.push(command))
  for (const chunk of chunks) {
    reader.push(chunk)
    // As a socket's buffer is, it is used again.
    chunk.fill(0xff)
  }
  reader.end()
  return { commands, problem: reader.problem, unit: reader.unit }
}
const readText = (text: string) => readAll([Buffer.from(text)])
const plain = (word: CommandArgument): string =>
  typeof word === "object" ? Buffer.from(word).toString("latin1") : String(word)
const told = ({ commands }: ReturnType<typeof readAll>) =>
  commands.map(({ number, problem, times, words }) =>
    problem === undefined ? [number, times, ...words.map(plain)] : [number, problem]
  )

describe("lines", () => {
  it("are numbered, empty ones too; the last needs no end", () => {
    expect(told(readText("SET a 1\r\n\n \t GET   a  \nPING"))).toEqual([
      [1, 1, "SET", "a", "1"],
      [3, 1, "GET", "a"],
      [4, 1, "PING"]
    ])
    expect(readText("PING").unit).toBe("line")
  })

  it("are quoted as in redis-cli, and may begin with a number of repetitions", () => {
    expect(told(readText(`SET "a b" 'c\\'d'\n3 INCR n\n0 INCR n\nSET "a\nSET a "b"c\n42\n`))).toEqual([
      [1, 1, "SET", "a b", "c'd"],
      [2, 3, "INCR", "n"],
      [3, INVALID_REPEAT],
      [4, INVALID_ARGUMENTS],
      [5, INVALID_ARGUMENTS],
      [6, 1, "42"]
    ])
  })

  it("keep every byte", () => {
    expect(told(readText("SET \u00e9 \\xff"))).toEqual([[1, 1, "SET", "\u00c3\u00a9", "\\xff"]])
    expect(told(readText('SET k "\\xff\\x00"'))).toEqual([[1, 1, "SET", "k", "\u00ff\u0000"]])
  })
})

describe("the protocol's form", () => {
  it("is read when the first byte is an asterisk", () => {
    const { commands, problem, unit } = readText("*1\r\n$4\r\nPING\r\n*0\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n")
    expect(unit).toBe("command")
    expect(problem).toBe(undefined)
    expect(told({ commands, problem, unit })).toEqual([
      [1, 1, "PING"],
      [3, 1, "GET", "a"]
    ])
  })

  it("says what is cut off, what is no command, and where it ends to be the protocol", () => {
    expect(readText("*1\r\n$4\r\nPI").problem).toBe("the input ends within command 1")
    expect(told(readText("*1\r\n:1\r\n*1\r\n$4\r\nPING\r\n"))).toEqual([
      [1, "not a command: an array of bulk strings was expected"],
      [2, 1, "PING"]
    ])
    const broken = readText("*1\r\n$4\r\nPING\r\nGET a\r\n*1\r\n$4\r\nPING\r\n")
    expect(told(broken)).toEqual([[1, 1, "PING"]])
    expect(broken.problem).toMatch(/^the input is not the protocol: .*\(at byte 14\)$/)
  })
})

const word = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes))
const commands = fc.array(
  fc
    .tuple(fc.stringMatching(/^[A-Z]{1,8}$/), fc.array(word, { maxLength: 4 }))
    .map(([name, args]) => [name, ...args]),
  { minLength: 1, maxLength: 20 }
)
/** Where to cut, in shares of the whole. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 })
const cutAt = (bytes: Buffer, shares: ReadonlyArray<number>): ReadonlyArray<Buffer> => {
  const places = [
    0,
    ...shares.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b),
    bytes.length
  ]
  return places.slice(1).map((end, index) => Buffer.from(bytes.subarray(places[index], end)))
}

describe("any commands, cut anywhere", () => {
  const expected = (all: ReadonlyArray<ReadonlyArray<string | Buffer>>) =>
    all.map((words, index) => [index + 1, 1, ...words.map(plain)])

  it("as lines", () => {
    fc.assert(
      fc.property(commands, cuts, (all, shares) => {
        const text = all
          .map(([name, ...args]) => [name, ...args.map((arg) => quoted(arg as Buffer))].join(" "))
          .join("\n")
        expect(told(readAll(cutAt(Buffer.from(text), shares)))).toEqual(expected(all))
      })
    )
  })

  it("in the protocol's form", () => {
    fc.assert(
      fc.property(commands, cuts, (all, shares) => {
        const bytes = Buffer.concat(all.map((words) => Buffer.from(encodeCommand(words))))
        const read = readAll(cutAt(bytes, shares))
        expect(told(read)).toEqual(expected(all))
        expect(read.problem).toBe(undefined)
      })
    )
  })
})
