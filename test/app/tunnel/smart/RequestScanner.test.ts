import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  COMMAND,
  INCOMPLETE,
  RequestScanner
} from "../../../../src/app/tunnel/smart/request/RequestScanner.ts"
import { RespEncoder } from "../../../../src/protocol/RespEncoder.ts"
import { chunked, chunkLengths } from "../../../support/RespArbitrary.ts"

interface Scanned {
  readonly commands: ReadonlyArray<ReadonlyArray<string>>
  /** The commands' own bytes, one behind the other. */
  readonly bytes: string
  readonly error: string
  readonly buffered: number
}

const scan = (chunks: ReadonlyArray<Uint8Array>, isUnauthenticated = false): Scanned => {
  const scanner = new RequestScanner()
  scanner.isUnauthenticated = isUnauthenticated
  const commands: Array<ReadonlyArray<string>> = []
  // Kept until the end, as the forwarder keeps them until the reply comes.
  const ranges: Array<Buffer> = []
  for (const chunk of chunks) {
    scanner.append(Buffer.from(chunk))
    for (;;) {
      const found = scanner.next()
      if (found === INCOMPLETE) break
      if (found !== COMMAND) return { commands, bytes: "", error: scanner.error, buffered: 0 }
      const { argc, bytes, end, ends, start, starts } = scanner
      ranges.push(bytes.subarray(start, end))
      commands.push(
        Array.from({ length: argc }, (_, index) => bytes.toString("latin1", starts[index], ends[index]))
      )
    }
  }
  return {
    commands,
    bytes: Buffer.concat(ranges).toString("latin1"),
    error: "",
    buffered: scanner.buffered
  }
}

const scanText = (text: string, isUnauthenticated = false): Scanned =>
  scan([Buffer.from(text, "latin1")], isUnauthenticated)

const encode = (commands: ReadonlyArray<ReadonlyArray<Uint8Array>>): Buffer => {
  const encoder = new RespEncoder()
  for (const args of commands) encoder.command(args)
  return encoder.take() ?? Buffer.alloc(0)
}

const commandsArbitrary = fc.array(
  fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 8 }),
  {
    maxLength: 8
  }
)

const latin1 = (commands: ReadonlyArray<ReadonlyArray<Uint8Array>>) =>
  commands.map((args) => args.map((arg) => Buffer.from(arg).toString("latin1")))

describe("who only looks on", () => {
  it("finds the same commands and their first arguments, and keeps nothing of the others", () => {
    const large = fc.uint8Array({ minLength: 60, maxLength: 90 })
    const command = fc.array(fc.oneof(fc.uint8Array({ maxLength: 10 }), large), {
      minLength: 1,
      maxLength: 5
    })
    fc.assert(
      fc.property(fc.array(command, { maxLength: 5 }), chunkLengths, (commands, lengths) => {
        const kept = 2
        const scanner = new RequestScanner(kept)
        const found: Array<ReadonlyArray<string>> = []
        for (const chunk of chunked(encode(commands), lengths)) {
          scanner.append(Buffer.from(chunk))
          while (scanner.next() === COMMAND) {
            const { argc, bytes, ends, starts } = scanner
            found.push([
              String(argc),
              ...Array.from({ length: Math.min(argc, kept) }, (_, index) =>
                bytes.toString("latin1", starts[index], ends[index])
              )
            ])
          }
          // Two arguments, and the lines before them.
          expect(scanner.buffered).toBeLessThan(kept * 90 + 100)
        }
        expect(found).toEqual(latin1(commands).map((args) => [String(args.length), ...args.slice(0, kept)]))
      })
    )
  })
})

describe("commands in multi-bulk form", () => {
  it("are found with their arguments, however the stream is cut", () => {
    fc.assert(
      fc.property(commandsArbitrary, chunkLengths, (commands, lengths) => {
        const bytes = encode(commands)
        expect(scan(chunked(bytes, lengths))).toEqual({
          commands: latin1(commands),
          bytes: bytes.toString("latin1"),
          error: "",
          buffered: 0
        })
      }),
      { numRuns: 1000 }
    )
  })

  it("are found at every split point, behind one another", () => {
    fc.assert(
      fc.property(commandsArbitrary, (commands) => {
        const bytes = encode(commands)
        for (let split = 0; split <= bytes.length; split++) {
          const { commands: found } = scan([bytes.subarray(0, split), bytes.subarray(split)])
          expect(found).toEqual(latin1(commands))
        }
      }),
      { numRuns: 100 }
    )
  })

  it("may be large: 8 MiB in chunks of 64 KiB", () => {
    const value = Buffer.alloc(8 * 1024 * 1024, "v")
    const bytes = encode([[Buffer.from("SET"), Buffer.from("k"), value], [Buffer.from("PING")]])
    const chunks = Array.from({ length: Math.ceil(bytes.length / 65536) }, (_, index) =>
      bytes.subarray(index * 65536, (index + 1) * 65536)
    )
    const { commands } = scan(chunks)
    expect(commands.map((args) => args.map(({ length }) => length))).toEqual([[3, 1, value.length], [4]])
  })

  it("without arguments are passed over", () => {
    expect(scanText("*0\r\n*-1\r\n\r\n  \r\nPING\r\n").commands).toEqual([["PING"]])
  })
})

describe("inline commands", () => {
  it("are words, quoted as Redis reads them", () => {
    const line = String.raw`SET  "a b\x41\n" 'it\'s'` + '\tplain\\n ""\r\n'
    expect(scanText(line).commands).toEqual([["SET", "a bA\n", "it's", "plain\\n", ""]])
  })

  it("become commands in multi-bulk form", () => {
    expect(scanText("get k\nPING\r\n").bytes).toBe("*2\r\n$3\r\nget\r\n$1\r\nk\r\n*1\r\n$4\r\nPING\r\n")
  })

  it("end where a zero byte stands, as C has it", () => {
    expect(scanText("PING\0 rest\r\n").commands).toEqual([["PING"]])
  })
})

describe("what is not of the protocol", () => {
  it.each([
    ["*x\r\n", "invalid multibulk length"],
    ["*01\r\n", "invalid multibulk length"],
    ["*2147483648\r\n", "invalid multibulk length"],
    ["*\r\n", "invalid multibulk length"],
    ["*1\r\nPING\r\n", "expected '$', got 'P'"],
    ["*1\r\n\n\r\n", "expected '$', got ' '"],
    ["*1\r\n$-1\r\n", "invalid bulk length"],
    ["*1\r\n$x\r\n", "invalid bulk length"],
    ["*1\r\n$536870913\r\n", "invalid bulk length"],
    [`*${"1".repeat(70_000)}`, "too big mbulk count string"],
    [`*1\r\n$${"1".repeat(70_000)}`, "too big bulk count string"],
    ["x".repeat(70_000), "too big inline request"],
    ['SET "a\r\n', "unbalanced quotes in request"],
    ['SET "a"b\r\n', "unbalanced quotes in request"],
    ["SET 'a\r\n", "unbalanced quotes in request"]
  ])("%j is refused in Redis's words", (text, error) => {
    expect(scanText(text.slice(0)).error).toBe(`ERR Protocol error: ${error}`)
  })

  it("is told before AUTH from what is only allowed after it", () => {
    expect(scanText("*11\r\n", true).error).toBe("ERR Protocol error: unauthenticated multibulk length")
    expect(scanText("*1\r\n$16385\r\n", true).error).toBe("ERR Protocol error: unauthenticated bulk length")
    expect(scanText("*10\r\n$16384\r\n", true).error).toBe("")
  })

  it("never throws, whatever comes and however it is cut", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), chunkLengths, (bytes, lengths) => {
        const whole = scan([bytes])
        const cut = scan(chunked(bytes, lengths))
        expect(cut.error).toBe(whole.error)
        expect(cut.commands).toEqual(whole.commands)
      }),
      { numRuns: 2000 }
    )
  })
})
