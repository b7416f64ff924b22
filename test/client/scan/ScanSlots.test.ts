import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { ownSlotsText, parseNodeSlots } from "../../../src/client/scan/ScanSlots.ts"

const OTHER = "67ed2db8d677e59ec4a4cefb06858cf2a1a89fa1"
const NEWER = "292f8b365bb7edb5e285caf0b7e6ddc7265d2f4f"
const reply = (slots: string): string =>
  [
    `${OTHER} 127.0.0.1:30002@31002,hostname2 master - 0 1426238316232 2 connected 5461-10922`,
    `e7d1eecce10fd6bb5eb35b9f99a514335d9ba9ca 127.0.0.1:30001@31001,hostname1 myself,master - 0 0 1 connected ${slots}`,
    `${NEWER} ::1:30003@31003 master - 0 1426238318243 3 connected 10923-16383`,
    ""
  ].join("\n")

const ownedOf = (text: string): ReadonlyArray<number> => {
  const { owned } = parseNodeSlots(text)
  return Array.from(owned.keys()).filter((slot) => owned[slot] === 1)
}

describe("parseNodeSlots", () => {
  it("reads single slots, ranges and moves in both directions", () => {
    const text = reply(`0-2 7 16383 [1->-${OTHER}] [2->-${NEWER}] [93-<-${OTHER}] [7->-unknown]`)
    expect(ownedOf(text)).toEqual([0, 1, 2, 7, 16383])
    const { addressOf, epoch, id, importing, migrating } = parseNodeSlots(text)
    expect([id, epoch]).toEqual(["e7d1eecce10fd6bb5eb35b9f99a514335d9ba9ca", "1"])
    expect(Array.from(migrating)).toEqual([
      [1, OTHER],
      [2, NEWER],
      [7, "unknown"]
    ])
    expect(Array.from(importing)).toEqual([[93, OTHER]])
    expect([OTHER, NEWER, "unknown"].map(addressOf)).toEqual(["127.0.0.1:30002", "[::1]:30003", undefined])
  })

  it("is empty for a node without slots, and for a reply without a line of its own", () => {
    expect(ownedOf(`${OTHER} :0@0 myself,slave ${NEWER} 0 0 1 connected\n`)).toEqual([])
    expect(ownSlotsText(`${OTHER} :0@0 myself,slave ${NEWER} 0 0 1 connected\n`)).toBe("1 connected")
    expect(ownSlotsText("")).toBe("")
    expect(ownedOf("what\nis this")).toEqual([])
  })

  it("tells by the text whether anything has changed", () => {
    expect(ownSlotsText(reply("0-5 7"))).toBe("1 connected 0-5 7")
    expect(ownSlotsText(reply("0-5 7 [5->-x]"))).not.toBe(ownSlotsText(reply("0-5 7")))
  })

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseNodeSlots(text)
        parseNodeSlots(reply(text))
      })
    )
  })
})
