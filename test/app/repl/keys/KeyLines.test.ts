import { describe, expect, it } from "vitest"
import { KeyLines } from "../../../../src/app/repl/keys/KeyLines.ts"

const key = (text: string): Buffer => Buffer.from(text)

describe("KeyLines", () => {
  it("are due when there are 64 KiB of them, or after a tenth of a second", () => {
    const lines = new KeyLines(0)
    expect(lines.isDue(1000)).toBe(false)
    lines.add(key("a"))
    expect(lines.isDue(99)).toBe(false)
    expect(lines.isDue(100)).toBe(true)
    for (let count = 0; count < 64; count++) lines.add(Buffer.alloc(1024, "x"))
    expect(lines.isDue(1)).toBe(true)
    lines.take(100)
    lines.add(key("b"))
    expect(lines.isDue(199)).toBe(false)
    expect(lines.isDue(200)).toBe(true)
  })

  it("are given as they were added, each once, and stay as they are", () => {
    const lines = new KeyLines(0)
    lines.add(key("a"))
    lines.add(key(""))
    lines.add(Buffer.from([0xff, 0x00]))
    const first = lines.take(0)
    lines.add(key("later"))
    expect(first).toEqual(Buffer.from("a\n\n\xff\0\n", "latin1"))
    expect(lines.take(0).toString()).toBe("later\n")
    expect(lines.take(0)).toHaveLength(0)
  })

  it("take keys of any length", () => {
    const lines = new KeyLines(0)
    const long = Buffer.alloc(1_000_000, "k")
    lines.add(key("short"))
    lines.add(long)
    lines.add(key("last"))
    expect(lines.take(0).toString()).toBe(`short\n${long.toString()}\nlast\n`)
  })
})
