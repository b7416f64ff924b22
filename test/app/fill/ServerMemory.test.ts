import { describe, expect, it } from "@effect/vitest"
import { keysThatFit, parseMemory } from "../../../src/app/fill/ServerMemory.ts"
import { MEBIBYTE } from "../../../src/app/Size.ts"

const info = (max: number, policy: string): string =>
  `# Memory\r\nused_memory:1000\r\nused_memory_human:1K\r\nmaxmemory:${max}\r\nmaxmemory_policy:${policy}\r\n`

describe("A server's memory", () => {
  it("is limited by maxmemory where nothing is evicted", () => {
    expect(parseMemory(info(5000, "noeviction"))).toEqual({ used: 1000, max: 5000 })
    expect(parseMemory(info(0, "noeviction"))).toEqual({ used: 1000, max: undefined })
    expect(parseMemory(info(5000, "allkeys-lru"))).toEqual({ used: 1000, max: undefined })
    expect(parseMemory("")).toEqual({ used: 0, max: undefined })
  })

  it("has room for what is left but for a margin", () => {
    const sizes = { keySize: 512, valueSize: 512 }
    expect(keysThatFit(1024 * MEBIBYTE, 1024 * MEBIBYTE, sizes)).toBe(
      Math.floor((0.99 * 1024 * MEBIBYTE) / 1430)
    )
    expect(keysThatFit(2 * MEBIBYTE, 100 * MEBIBYTE, sizes)).toBe(0)
    expect(keysThatFit(-5, 100 * MEBIBYTE, sizes)).toBe(0)
  })
})
