import { describe, expect, it } from "vitest"
import { ScanOrder, type ScanPosition } from "../../../../src/app/tunnel/smart/scan/ScanOrder.ts"
import {
  type ClusterTopology,
  moveSlots,
  singleNodeTopology
} from "../../../../src/protocol/ClusterTopology.ts"

const HALF = 8192

/** The slots from `first` on belong to the node at this port. */
const given = (topology: ClusterTopology, port: number, first: number, count = 1): ClusterTopology =>
  moveSlots(
    topology,
    Array.from({ length: count }, (_, index) => ({ slot: first + index, host: "h", port }))
  )

const two = given(singleNodeTopology("h", 1), 2, HALF, HALF)

const positionOf = (order: ScanOrder, cursor: string): ScanPosition => {
  const position = order.locate(cursor)
  if (typeof position === "string") throw new Error(`${cursor} is ${position}`)
  return position
}

/** The nodes that a walk visits from a cursor on, each answering at once with 0. */
const walk = (order: ScanOrder, cursor = "0"): ReadonlyArray<string> => {
  const visited: Array<string> = []
  let next = cursor
  do {
    const position = positionOf(order, next)
    visited.push(position.address)
    next = order.next(position, "0")
  } while (next !== "0")
  return visited
}

describe("the order of a walk", () => {
  it("visits every master, with its own cursor in the client's", () => {
    const order = new ScanOrder()
    order.apply(two)
    expect(walk(order)).toEqual(["h:1", "h:2"])
    const cursor = order.next(positionOf(order, "0"), "1234567")
    expect(positionOf(order, cursor)).toEqual({ address: "h:1", turn: 0, cursor: "1234567" })
    const second = order.next(positionOf(order, "0"), "0")
    expect(BigInt(order.next(positionOf(order, second), "99999999999"))).toBeLessThan(1n << 64n)
  })

  it("comes back to a master that gains slots, so that a key that moves is not missed", () => {
    const order = new ScanOrder()
    order.apply(two)
    const atSecond = order.next(positionOf(order, "0"), "0")
    order.apply(given(two, 1, HALF))
    expect(walk(order, atSecond)).toEqual(["h:2", "h:1"])
    expect(walk(order)).toEqual(["h:2", "h:1"])
  })

  it("passes over a master that has left, and visits who took its place", () => {
    const order = new ScanOrder()
    order.apply(two)
    const inFirst = order.next(positionOf(order, "0"), "77")
    order.apply(given(two, 3, 0, HALF))
    expect(walk(order, inFirst)).toEqual(["h:2", "h:3"])
  })

  it("refuses what is no cursor of ours", () => {
    const order = new ScanOrder()
    order.apply(two)
    for (const text of ["", "x", "-1", "1.5", String(5n << 48n), "9".repeat(21)]) {
      expect(order.locate(text)).toBe("invalid")
    }
  })
})
