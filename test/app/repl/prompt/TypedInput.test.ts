import { describe, expect, it } from "vitest"
import * as fc from "fast-check"
import { HistorySearch } from "../../../../src/app/repl/prompt/terminal/HistorySearch.ts"
import { pastedLines } from "../../../../src/app/repl/prompt/terminal/PastedLines.ts"
import { TypedInput, type TypedPart } from "../../../../src/app/repl/prompt/terminal/TypedInput.ts"
import { splitWords } from "../../../../src/app/Words.ts"

const keys = (text: string): TypedPart => ({ isPaste: false, text })
const paste = (text: string): TypedPart => ({ isPaste: true, text })
const bracketed = (text: string): string => `\u001b[200~${text}\u001b[201~`

/** Parts of one kind that follow each other say the same as one. */
const joined = (parts: ReadonlyArray<TypedPart>): ReadonlyArray<TypedPart> =>
  parts.reduce<ReadonlyArray<TypedPart>>((before, part) => {
    const last = before[before.length - 1]
    return last !== undefined && !last.isPaste && !part.isPaste
      ? [...before.slice(0, -1), keys(last.text + part.text)]
      : [...before, part]
  }, [])

describe("TypedInput", () => {
  it("tells keys from what is pasted", () => {
    const input = new TypedInput()
    expect(input.push(`a${bracketed("x\ny")}b\r`)).toEqual([keys("a"), paste("x\ny"), keys("b\r")])
    expect(input.push("\u001b")).toEqual([keys("\u001b")])
    expect(input.push("\u001b[A\u001b[2~")).toEqual([keys("\u001b[A\u001b[2~")])
  })

  it("reads the same however it is cut, but for the first three characters of a mark", () => {
    const part = fc.oneof(
      fc.constantFrom("a", "\r", "\t", "é", "\u001b[A").map(keys),
      fc.constantFrom("", "x", "x\ny", "[201", "\u001b[A").map(paste)
    )
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 6 }),
        fc.array(fc.integer({ min: 4, max: 9 })),
        (parts, lengths) => {
          const text = parts.map((each) => (each.isPaste ? bracketed(each.text) : each.text)).join("")
          const input = new TypedInput()
          const read: Array<TypedPart> = []
          let start = 0
          for (const length of [...lengths, text.length]) {
            let end = Math.min(text.length, start + length)
            // An escape that is alone, or with one character, is a key: a cut there changes what was typed.
            while (end < text.length && /\u001b(?:\[2?)?$/.test(text.slice(start, end))) end++
            read.push(...input.push(text.slice(start, end)))
            start = end
          }
          expect(joined(read)).toEqual(joined(parts))
        }
      )
    )
  })
})

describe("pastedLines", () => {
  it.each<[string, string, ReadonlyArray<string>, string]>([
    ["", "GET a\nGET b\n", ["GET a", "GET b"], ""],
    ["", "GET a\r\nGET ", ["GET a"], "GET "],
    ["SET a ", "1\rGET a\r", ["SET a 1", "GET a"], ""],
    ["", 'SET a "x\ny"\nGET a\n', ['SET a "x\\ny"', "GET a"], ""],
    ["", "SET a 'x\ny' b\n", ['SET a "x\\ny" b'], ""],
    ["", 'SET a "x\ny" ', [], 'SET a "x\\ny" '],
    ["", 'SET a "x\ny', [], 'SET a "x y'],
    ["", 'SET "a"b\nGET c\n', ['SET "a"b', "GET c"], ""]
  ])("after %j reads %j", (before, text, lines, rest) => {
    expect(pastedLines(before, text)).toEqual({ lines, rest })
  })

  it("keeps every word of every command, on lines of their own", () => {
    const word = fc.array(fc.constantFrom("a", " ", "\n", "é"), { minLength: 1, maxLength: 4 })
    const command = fc.array(
      word.map((characters) => `'${characters.join("")}'`),
      { minLength: 1, maxLength: 3 }
    )
    fc.assert(
      fc.property(fc.array(command, { maxLength: 4 }), (commands) => {
        const text = commands.map((words) => `${words.join(" ")}\n`).join("")
        const { lines, rest } = pastedLines("", text)
        expect(rest).toBe("")
        expect(lines.join("")).not.toContain("\n")
        expect(lines.map((line) => splitWords(line)?.map(String))).toEqual(
          commands.map((words) => words.map((each) => each.slice(1, -1)))
        )
      })
    )
  })
})

describe("HistorySearch", () => {
  it("finds the latest line, then older ones that are others", () => {
    const search = new HistorySearch(["GET b", "GET a", "GET b", "SET a 1"])
    const press = (...keys: ReadonlyArray<string>) => [...keys.map((key) => search.press(key)), search.match]
    expect(search.match).toBeUndefined()
    expect(press("G", "E")).toEqual(["searching", "searching", "GET b"])
    expect(press("\u0012")).toEqual(["searching", "GET a"])
    expect(press("\u0012", "\u0012")).toEqual(["searching", "searching", "GET b"])
    expect(press("X")).toEqual(["searching", undefined])
    expect(search.text).toBe("(failed reverse-i-search)'GEX': ")
    expect(press("\u007f")).toEqual(["searching", "GET b"])
    expect(search.text).toBe("(reverse-i-search)'GE': GET b")
  })

  it("ends with any other key, which then does what it does", () => {
    const search = new HistorySearch(["GET b"])
    expect(["\r", "\u001b[A", "\u001b", "\u0003", "\u0007", "\t"].map((key) => search.press(key))).toEqual([
      "taken for the key",
      "taken for the key",
      "taken",
      "cancelled",
      "cancelled",
      "taken for the key"
    ])
    expect(HistorySearch.keyAt("a\u001b[1;5Ab", 1)).toBe("\u001b[1;5A")
    expect(HistorySearch.keyAt("😀b", 0)).toBe("😀")
  })
})
