import { describe, expect, it } from "vitest"
import * as fc from "fast-check"
import { quoted } from "../../../src/app/Quoting.ts"
import { readRepeat } from "../../../src/app/repl/words/Repeat.ts"
import { scanWords, splitWords } from "../../../src/app/Words.ts"

const texts = (line: string): ReadonlyArray<string> | undefined =>
  splitWords(line)?.map((word) => word.toString())

describe("splitWords", () => {
  it.each<[string, ReadonlyArray<string> | undefined]>([
    ["", []],
    [" \t\v\f\r\n", []],
    ["GET  key ", ["GET", "key"]],
    [`"a b" 'c d'`, ["a b", "c d"]],
    [`"" ''`, ["", ""]],
    [`"\\n\\r\\t\\b\\a\\\\\\"\\q"`, ['\n\r\t\b\u0007\\"q']],
    [`"\\x41\\x4a\\x4A\\x4\\xzz"`, ["AJJx4xzz"]],
    [`'\\n \\' \\\\ '`, ["\\n ' \\\\ "]],
    [`a"b c"`, ["ab c"]],
    [`a'b c'`, ["ab c"]],
    [`a\\n`, ["a\\n"]],
    [`a\vb`, ["a\vb"]],
    [`"a"\vb`, ["a", "b"]],
    [`"a\u0000b"`, ["a\u0000b"]],
    [`"é\\é" 'ü' ß😀`, ["éé", "ü", "ß😀"]],
    [`"a`, undefined],
    [`'a`, undefined],
    [`"a"b`, undefined],
    [`'a'b`, undefined],
    [`a"b"c`, undefined],
    [`"a""b"`, undefined],
    [`"a\\`, undefined],
    [`"a\\"`, undefined],
    [`'a\\'`, undefined]
  ])("splits %j", (line, expected) => {
    expect(texts(line)).toEqual(expected)
  })

  it("reads \\xHH as a byte, and bytes of a line as they are", () => {
    expect(splitWords('"\\xff\\x00"')).toEqual([Buffer.from([0xff, 0])])
    expect(splitWords(Buffer.from([0xfe, 0x20, 0x27, 0xc3, 0x27]))).toEqual([
      Buffer.from([0xfe]),
      Buffer.from([0xc3])
    ])
  })

  it("gives back what was quoted", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 30 })), (words) => {
        const line = words.map(quoted).join(" ")
        expect(line).toMatch(/^[ -~]*$/)
        expect(splitWords(line)).toEqual(words.map((word) => Buffer.from(word)))
      })
    )
  })

  it("reads text and its bytes alike", () => {
    fc.assert(
      fc.property(lineOfQuotes, (line) => {
        expect(splitWords(Buffer.from(line))).toEqual(splitWords(line))
      })
    )
  })
})

describe("scanWords", () => {
  it("tells where the words stand, and which is open", () => {
    expect(scanWords(` GET "a b`, "utf8")).toEqual({
      words: [
        { value: Buffer.from("GET"), start: 1, end: 4, quote: undefined, isClosed: true },
        { value: Buffer.from("a b"), start: 5, end: 9, quote: '"', isClosed: false }
      ],
      error: "unbalanced"
    })
  })

  it("takes every character that is no blank into a word, in order", () => {
    fc.assert(
      fc.property(lineOfQuotes, (line) => {
        const { error, words } = scanWords(line, "utf8")
        let last = 0
        for (const { end, start } of words) {
          expect(line.slice(last, start).trim()).toBe("")
          expect(end).toBeGreaterThan(start)
          last = end
        }
        if (error === undefined) expect(line.slice(last).trim()).toBe("")
      })
    )
  })
})

describe("readRepeat", () => {
  const read = (line: string): unknown => {
    const found = readRepeat(splitWords(line)!)
    return found === "invalid" ? found : [found.times, found.words.join(" ")]
  }

  it.each([
    ["GET a", [1, "GET a"]],
    ["5 INCR n", [5, "INCR n"]],
    ["+5 INCR n", [5, "INCR n"]],
    ["5x INCR n", [1, "5x INCR n"]],
    ["5", [1, "5"]],
    ["0 INCR n", "invalid"],
    ["-1 INCR n", "invalid"],
    ["99999999999999999999 INCR n", "invalid"]
  ])("reads %j", (line, expected) => {
    expect(read(line)).toEqual(expected)
  })
})

/** Lines in which quotes, escapes and blanks are frequent. */
const lineOfQuotes: fc.Arbitrary<string> = fc
  .array(fc.constantFrom("a", "é", "x", "4", "n", " ", "\t", "\v", '"', "'", "\\"), { maxLength: 16 })
  .map((characters) => characters.join(""))
