import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  type ClusterTopology,
  findNodeByAddress,
  findNodeForSlot,
  type InvalidTopology,
  isSameTopology,
  masters,
  moveSlots,
  NO_OWNER,
  parseClusterSlots,
  replicasOf,
  singleNodeTopology,
  slotRanges,
  uncoveredSlots
} from "../../src/protocol/ClusterTopology.ts"
import { SLOT_COUNT } from "../../src/protocol/HashSlot.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import type { RespValue } from "../../src/protocol/Resp.ts"
import { retainedBytes } from "../support/Memory.ts"
import { respValue } from "../support/RespArbitrary.ts"

const answeredBy = { host: "10.9.9.9", port: 7000 }

const bulk = (text: string): RespValue => Resp.bulkString(text)
const flat = (pairs: Record<string, string>): RespValue =>
  Resp.array(Object.entries(pairs).flatMap(([name, value]) => [bulk(name), bulk(value)]))
const mapped = (pairs: Record<string, string>): RespValue =>
  Resp.map(Object.entries(pairs).map(([name, value]) => [bulk(name), bulk(value)]))

const node = (host: string | RespValue, port: number, id?: string, metadata?: RespValue): RespValue =>
  Resp.array([
    typeof host === "string" ? bulk(host) : host,
    Resp.integer(port),
    ...(id === undefined ? [] : [bulk(id)]),
    ...(metadata === undefined ? [] : [metadata])
  ])

const entry = (first: number, last: number, ...nodes: Array<RespValue>): RespValue =>
  Resp.array([Resp.integer(first), Resp.integer(last), ...nodes])

const id = (name: string): string => name.padEnd(40, "0")

const parse = (...entries: Array<RespValue>): ClusterTopology => {
  const result = parseClusterSlots(Resp.array(entries), answeredBy)
  if ("_tag" in result) throw new Error(result.reason)
  return result
}

const reasonOf = (reply: RespValue): string => {
  const result = parseClusterSlots(reply, answeredBy)
  expect(result).toMatchObject({ _tag: "InvalidTopology" })
  return (result as InvalidTopology).reason
}

const threeMasters = parse(
  entry(0, 5460, node("10.0.0.1", 7000, id("a"), flat({})), node("10.0.0.4", 7003, id("d"), flat({}))),
  entry(5461, 10922, node("10.0.0.2", 7001, id("b"), flat({})), node("10.0.0.5", 7004, id("e"), flat({}))),
  entry(10923, 16383, node("10.0.0.3", 7002, id("c"), flat({})), node("10.0.0.6", 7005, id("f"), flat({})))
)

describe("parseClusterSlots", () => {
  it("reads three masters with a replica each", () => {
    expect(uncoveredSlots(threeMasters)).toBe(0)
    expect(masters(threeMasters).map(({ address }) => address)).toEqual([
      "10.0.0.1:7000",
      "10.0.0.2:7001",
      "10.0.0.3:7002"
    ])
    expect(
      [0, 5460, 5461, 10922, 10923, 16383].map((slot) => findNodeForSlot(threeMasters, slot)?.port)
    ).toEqual([7000, 7000, 7001, 7001, 7002, 7002])
    const [first] = masters(threeMasters)
    expect(replicasOf(threeMasters, first)).toEqual([
      {
        id: id("d"),
        host: "10.0.0.4",
        port: 7003,
        address: "10.0.0.4:7003",
        role: "replica",
        hostname: undefined,
        ip: undefined,
        masterId: id("a")
      }
    ])
  })

  it("takes a node named in many entries as one node", () => {
    const master = node("h", 1, id("a"))
    const replica = node("h", 2, id("b"))
    const topology = parse(
      entry(0, 10, master, replica),
      entry(20, 30, master, replica),
      entry(40, 40, master)
    )
    expect(topology.nodes).toHaveLength(2)
    expect(findNodeForSlot(topology, 5)).toBe(findNodeForSlot(topology, 25))
    expect(slotRanges(topology, topology.nodes[0])).toEqual([
      [0, 10],
      [20, 30],
      [40, 40]
    ])
  })

  it("takes the host of the node that answered where a host is nil or empty", () => {
    const nils = [Resp.nullBulkString, Resp.nullValue, bulk("")]
    for (const nil of nils) {
      const topology = parse(
        entry(0, 1, node(nil, 7001, id("a"), flat({ ip: "172.16.0.1", hostname: "n1" })))
      )
      expect(topology.nodes[0]).toMatchObject({ address: "10.9.9.9:7001", hostname: "n1", ip: "172.16.0.1" })
    }
  })

  it("reaches a node whose host is ? at the address in its metadata", () => {
    const topology = parse(entry(0, 1, node("?", 7001, id("a"), flat({ ip: "172.16.0.1" }))))
    expect(findNodeForSlot(topology, 0)?.address).toBe("172.16.0.1:7001")
  })

  it("takes a ? that does not know its own address for the node that answered, as Redis 7.0 gives it", () => {
    const topology = parse(entry(0, 1, node("?", 7001, id("a"), flat({ ip: "" }))))
    expect(findNodeForSlot(topology, 0)?.address).toBe("10.9.9.9:7001")
  })

  it("leaves a node out that cannot be reached, and its slots without an owner", () => {
    const topology = parse(
      entry(0, 9, node("?", 7001, id("a"))),
      entry(10, 19, node("h", 0, id("b"))),
      entry(20, 29, node("h", 7003, id("c")), node("?", 7004, id("d")))
    )
    expect(topology.nodes.map(({ address }) => address)).toEqual(["h:7003"])
    expect(findNodeForSlot(topology, 0)).toBeUndefined()
    expect(uncoveredSlots(topology)).toBe(SLOT_COUNT - 10)
  })

  it("reads metadata as RESP2's flat array and as RESP3's map", () => {
    for (const metadata of [flat({ hostname: "n1.example" }), mapped({ hostname: "n1.example" })]) {
      const topology = parse(entry(0, 1, node("10.0.0.1", 7000, id("a"), metadata)))
      expect(topology.nodes[0]).toMatchObject({ host: "10.0.0.1", hostname: "n1.example", ip: undefined })
    }
    for (const metadata of [flat({ ip: "10.0.0.1" }), mapped({ ip: "10.0.0.1" })]) {
      const topology = parse(entry(0, 1, node("n1.example", 7000, id("a"), metadata)))
      expect(topology.nodes[0]).toMatchObject({
        address: "n1.example:7000",
        hostname: "n1.example",
        ip: "10.0.0.1"
      })
    }
  })

  it("takes an address that is given twice for no name", () => {
    const topology = parse(entry(0, 1, node("10.0.0.1", 7000, id("a"), flat({ ip: "10.0.0.1" }))))
    expect(topology.nodes[0]).toMatchObject({ host: "10.0.0.1", hostname: undefined })
  })

  it("passes over metadata it does not understand, and further elements of a node", () => {
    const odd = Resp.array([bulk("future"), Resp.array([]), bulk("hostname"), Resp.integer(1), bulk("ip")])
    const topology = parse(
      entry(0, 1, Resp.array([bulk("h"), Resp.integer(1), bulk(id("a")), odd, bulk("more"), Resp.nullValue]))
    )
    expect(topology.nodes[0]).toMatchObject({ address: "h:1", hostname: undefined, ip: undefined })
  })

  it("reads the reply of a server that gives no ids", () => {
    const topology = parse(
      entry(0, 4095, node("h", 1), node("h", 2)),
      entry(4096, 8191, node("h", 3)),
      entry(8192, 9000, node("h", 1), node("h", 2))
    )
    expect(topology.nodes.map((each) => [each.id, each.port])).toEqual([
      ["", 1],
      ["", 2],
      ["", 3]
    ])
    expect(replicasOf(topology, topology.nodes[0]).map(({ port }) => port)).toEqual([2])
    expect(replicasOf(topology, topology.nodes[2])).toEqual([])
  })

  it("reads IPv6 addresses", () => {
    const topology = parse(entry(0, 1, node("2001:db8::1", 7000, id("a"))))
    expect(topology.nodes[0]).toMatchObject({ host: "2001:db8::1", address: "[2001:db8::1]:7000" })
  })

  it("takes a node for a master that is one in any entry", () => {
    const topology = parse(
      entry(0, 1, node("h", 1, id("a")), node("h", 2, id("b"))),
      entry(2, 3, node("h", 2, id("b")))
    )
    expect(masters(topology).map(({ port }) => port)).toEqual([1, 2])
    expect(topology.nodes[1].masterId).toBeUndefined()
  })

  it("reads the empty reply of a node without a slot", () => {
    const topology = parse()
    expect(topology.nodes).toEqual([])
    expect(uncoveredSlots(topology)).toBe(SLOT_COUNT)
  })

  it("counts the slots that nobody serves", () => {
    const topology = parse(entry(1, 16383, node("h", 1, id("a"))))
    expect(uncoveredSlots(topology)).toBe(1)
    expect(topology.slots[0]).toBe(NO_OWNER)
    expect(findNodeForSlot(topology, 0)).toBeUndefined()
  })

  const ok = node("h", 1, id("a"))
  it.each<[string, RespValue]>([
    ["an error", Resp.simpleError("ERR This instance has cluster support disabled")],
    ["nil", Resp.nullArray],
    ["a map", Resp.map([])],
    ["an entry that is no array", Resp.array([Resp.integer(1)])],
    ["an entry without a master", Resp.array([entry(0, 1)])],
    ["a slot that is text", Resp.array([Resp.array([bulk("0"), Resp.integer(1), ok])])],
    ["a slot of -1", Resp.array([entry(-1, 1, ok)])],
    ["a slot of 16384", Resp.array([entry(0, 16384, ok)])],
    ["a fractional slot", Resp.array([entry(0.5, 2, ok)])],
    ["a slot above 2^53", Resp.array([Resp.array([Resp.integer(0), Resp.integer(2n ** 60n), ok])])],
    ["a range that runs backwards", Resp.array([entry(2, 1, ok)])],
    ["a slot given twice", Resp.array([entry(0, 5, ok), entry(5, 6, node("h", 2, id("b")))])],
    ["a node that is no array", Resp.array([entry(0, 1, bulk("h:1"))])],
    ["a node without a port", Resp.array([entry(0, 1, Resp.array([bulk("h")]))])],
    ["a port above 65535", Resp.array([entry(0, 1, node("h", 65536, id("a")))])],
    ["a fractional port", Resp.array([entry(0, 1, node("h", 1.5, id("a")))])],
    ["a negative port", Resp.array([entry(0, 1, node("h", -1, id("a")))])],
    ["a port that is text", Resp.array([entry(0, 1, Resp.array([bulk("h"), bulk("1")]))])],
    ["a host that is a number", Resp.array([entry(0, 1, node(Resp.integer(1), 1, id("a")))])],
    [
      "an id that is a number",
      Resp.array([entry(0, 1, Resp.array([bulk("h"), Resp.integer(1), Resp.integer(1)]))])
    ],
    ["a malformed replica", Resp.array([entry(0, 1, ok, Resp.nullValue)])]
  ])("refuses %s, with one line that says what is wrong", (_, reply) => {
    expect(reasonOf(reply)).toMatch(/^CLUSTER SLOTS [^\n]{10,}$/)
  })

  it("says which entry is malformed", () => {
    expect(reasonOf(Resp.array([entry(0, 1, ok), entry(2, 99999, ok)]))).toBe(
      "CLUSTER SLOTS entry 2: its slots are not a range within 0 to 16383"
    )
  })

  it("never throws, whatever the reply", () => {
    const slot = fc.oneof(fc.integer({ min: 0, max: 16383 }).map(Resp.integer), respValue)
    const anyNode = fc.oneof(
      fc
        .tuple(
          fc.constantFrom<RespValue>(bulk("h"), bulk("?"), bulk(""), Resp.nullValue),
          fc.integer({ min: 0, max: 65535 }).map(Resp.integer),
          fc.constantFrom(bulk("a"), bulk("b"), Resp.nullValue),
          respValue
        )
        .map(Resp.array),
      respValue
    )
    const anyEntry = fc.oneof(
      fc.tuple(slot, slot, anyNode, anyNode).map(Resp.array),
      fc.tuple(slot, slot, anyNode).map(Resp.array),
      respValue
    )
    fc.assert(
      fc.property(fc.oneof(respValue, fc.array(anyEntry, { maxLength: 4 }).map(Resp.array)), (reply) => {
        const result = parseClusterSlots(reply, answeredBy)
        const isSound =
          "_tag" in result
            ? result._tag === "InvalidTopology"
            : result.slots.every((owner) => owner === NO_OWNER || owner < result.nodes.length)
        expect(isSound).toBe(true)
      }),
      { numRuns: 300 }
    )
  })

  it("gives every slot of every range to its master, for any partition of the slots", () => {
    const partition = fc.uniqueArray(fc.integer({ min: 1, max: SLOT_COUNT - 1 }), { maxLength: 40 })
    fc.assert(
      fc.property(partition, fc.integer({ min: 1, max: 7 }), (cuts, nodeCount) => {
        const starts = [0, ...cuts.toSorted((a, b) => a - b)]
        const ranges = starts.map((first, index) => [first, (starts[index + 1] ?? SLOT_COUNT) - 1] as const)
        const topology = parse(
          ...ranges.map(([first, last], index) =>
            entry(first, last, node("h", 1 + (index % nodeCount), id(String(index % nodeCount))))
          )
        )
        expect(uncoveredSlots(topology)).toBe(0)
        ranges.forEach(([first, last], index) => {
          expect(findNodeForSlot(topology, first)?.port).toBe(1 + (index % nodeCount))
          expect(findNodeForSlot(topology, last)?.port).toBe(1 + (index % nodeCount))
        })
        const covered = masters(topology)
          .flatMap((master) => slotRanges(topology, master))
          .reduce((sum, [first, last]) => sum + last - first + 1, 0)
        expect(covered).toBe(SLOT_COUNT)
      }),
      { numRuns: 50 }
    )
  })
})

describe("a ClusterTopology", () => {
  it("cannot be changed", () => {
    expect(Object.isFrozen(threeMasters)).toBe(true)
    expect(Object.isFrozen(threeMasters.nodes)).toBe(true)
    expect(threeMasters.nodes.every((each) => Object.isFrozen(each))).toBe(true)
  })

  it("takes at most 2 MB for 1000 nodes with a range of slots each", () => {
    const reply = Resp.array(
      Array.from({ length: 1000 }, (_, index) =>
        entry(
          index * 16,
          index * 16 + 15,
          node(
            `10.0.${index >> 8}.${index & 255}`,
            7000,
            id(String(index)),
            flat({ hostname: `node-${index}.cache.example.com` })
          )
        )
      )
    )
    const kept: Array<ClusterTopology | InvalidTopology> = [parseClusterSlots(reply, answeredBy)]
    const before = retainedBytes()
    for (let copy = 0; copy < 10; copy++) kept.push(parseClusterSlots(reply, answeredBy))
    const each = (retainedBytes() - before) / 10
    expect(kept).toHaveLength(11)
    expect(each).toBeGreaterThan(SLOT_COUNT * 2)
    expect(each).toBeLessThan(2_000_000)
  })

  it("of a single server gives it every slot", () => {
    const topology = singleNodeTopology("::1", 6379)
    expect(uncoveredSlots(topology)).toBe(0)
    expect(findNodeForSlot(topology, 16383)).toMatchObject({ address: "[::1]:6379", role: "master", id: "" })
    expect(slotRanges(topology, topology.nodes[0])).toEqual([[0, 16383]])
  })
})

describe("findNodeByAddress", () => {
  it("finds a node by its host, its announced name and its announced address", () => {
    const topology = parse(
      entry(0, 1, node("n1", 7000, id("a"), flat({ ip: "10.0.0.1" }))),
      entry(2, 3, node("10.0.0.2", 7000, id("b"), flat({ hostname: "n2" })))
    )
    const [first, second] = topology.nodes
    expect(findNodeByAddress(topology, "n1:7000")).toBe(first)
    expect(findNodeByAddress(topology, "10.0.0.1:7000")).toBe(first)
    expect(findNodeByAddress(topology, "n2:7000")).toBe(second)
    expect(findNodeByAddress(topology, "n2:7001")).toBeUndefined()
    expect(findNodeByAddress(topology, "n3:7000")).toBeUndefined()
  })

  it("prefers the node that is connected to at this address over one that announces it", () => {
    const topology = parse(
      entry(0, 1, node("proxy", 7000, id("a"), flat({ ip: "10.0.0.2" }))),
      entry(2, 3, node("10.0.0.2", 7000, id("b")))
    )
    expect(findNodeByAddress(topology, "10.0.0.2:7000")?.id).toBe(id("b"))
  })
})

describe("moveSlots", () => {
  it("gives slots to the nodes named and leaves the original as it was", () => {
    const moved = moveSlots(threeMasters, [
      { slot: 0, host: "10.0.0.3", port: 7002 },
      { slot: 16383, host: "10.0.0.1", port: 7000 }
    ])
    expect(findNodeForSlot(moved, 0)).toBe(threeMasters.nodes.find(({ port }) => port === 7002))
    expect(findNodeForSlot(moved, 16383)?.port).toBe(7000)
    expect(findNodeForSlot(moved, 1)?.port).toBe(7000)
    expect(findNodeForSlot(threeMasters, 0)?.port).toBe(7000)
    expect(findNodeForSlot(threeMasters, 16383)?.port).toBe(7002)
    expect(Object.isFrozen(moved.nodes)).toBe(true)
  })

  it("adds a node not known yet as a master without an id, once", () => {
    const moved = moveSlots(threeMasters, [
      { slot: 1, host: "10.0.0.9", port: 7009 },
      { slot: 2, host: "10.0.0.9", port: 7009 }
    ])
    expect(moved.nodes).toHaveLength(threeMasters.nodes.length + 1)
    expect(findNodeForSlot(moved, 2)).toBe(findNodeForSlot(moved, 1))
    expect(findNodeForSlot(moved, 1)).toMatchObject({ id: "", role: "master", address: "10.0.0.9:7009" })
    expect(threeMasters.nodes).toHaveLength(6)
  })

  it("makes a replica that was named a master", () => {
    const moved = moveSlots(threeMasters, [{ slot: 7, host: "10.0.0.4", port: 7003 }])
    expect(findNodeForSlot(moved, 7)).toMatchObject({ id: id("d"), role: "master", masterId: undefined })
    expect(masters(moved)).toHaveLength(4)
    expect(masters(threeMasters)).toHaveLength(3)
  })

  it("knows a node by its announced name", () => {
    const topology = parse(entry(0, 1, node("10.0.0.2", 7000, id("b"), flat({ hostname: "n2" }))))
    const moved = moveSlots(topology, [{ slot: 100, host: "n2", port: 7000 }])
    expect(moved.nodes).toHaveLength(1)
    expect(findNodeForSlot(moved, 100)?.id).toBe(id("b"))
  })

  it("lets the last of two moves of a slot count", () => {
    const moved = moveSlots(threeMasters, [
      { slot: 3, host: "10.0.0.2", port: 7001 },
      { slot: 3, host: "10.0.0.3", port: 7002 }
    ])
    expect(findNodeForSlot(moved, 3)?.port).toBe(7002)
  })
})

describe("isSameTopology", () => {
  const masterAt = (port: number, name: string) => node("10.0.0.1", port, id(name), flat({}))
  const replicaAt = masterAt

  it("is true of the same answer in whatever order", () => {
    const one = parse(
      entry(0, 99, masterAt(1, "a"), replicaAt(4, "d")),
      entry(100, 199, masterAt(2, "b")),
      entry(300, 399, masterAt(1, "a"), replicaAt(4, "d"))
    )
    const other = parse(
      entry(300, 399, masterAt(1, "a"), replicaAt(4, "d")),
      entry(100, 199, masterAt(2, "b")),
      entry(0, 99, masterAt(1, "a"), replicaAt(4, "d"))
    )
    expect(isSameTopology(one, other)).toBe(true)
    expect(isSameTopology(other, one)).toBe(true)
  })

  it.each([
    ["a slot that has moved", parse(entry(0, 98, masterAt(1, "a")), entry(99, 199, masterAt(2, "b")))],
    ["a slot without an owner", parse(entry(0, 98, masterAt(1, "a")), entry(100, 199, masterAt(2, "b")))],
    [
      "a node more",
      parse(entry(0, 99, masterAt(1, "a"), replicaAt(3, "c")), entry(100, 199, masterAt(2, "b")))
    ],
    ["a failover", parse(entry(0, 99, masterAt(3, "c")), entry(100, 199, masterAt(2, "b")))],
    ["another node at the address", parse(entry(0, 99, masterAt(1, "x")), entry(100, 199, masterAt(2, "b")))]
  ])("is false after %s", (_, changed) => {
    const before = parse(entry(0, 99, masterAt(1, "a")), entry(100, 199, masterAt(2, "b")))
    expect(isSameTopology(before, changed)).toBe(false)
    expect(isSameTopology(changed, before)).toBe(false)
  })

  it("is false when a replica has changed masters, or became one", () => {
    const shards = (first: Array<RespValue>, second: Array<RespValue>) =>
      parse(entry(0, 99, masterAt(1, "a"), ...first), entry(100, 199, masterAt(2, "b"), ...second))
    const before = shards([replicaAt(3, "c")], [])
    expect(isSameTopology(before, shards([], [replicaAt(3, "c")]))).toBe(false)
    expect(isSameTopology(before, moveSlots(before, [{ slot: 0, host: "10.0.0.1", port: 3 }]))).toBe(false)
  })

  it("is true exactly when nothing moved", () => {
    const move = fc.record({
      slot: fc.integer({ min: 0, max: SLOT_COUNT - 1 }),
      host: fc.constant("10.0.0.1"),
      port: fc.integer({ min: 7000, max: 7002 })
    })
    fc.assert(
      fc.property(fc.array(move, { maxLength: 5 }), (moves) => {
        const topology = parse(
          entry(0, 5460, masterAt(7000, "a")),
          entry(5461, 10922, masterAt(7001, "b")),
          entry(10923, 16383, masterAt(7002, "c"))
        )
        const moved = moveSlots(topology, moves)
        const isSame = topology.slots.every((owner, slot) => owner === moved.slots[slot])
        expect(isSameTopology(topology, moved)).toBe(isSame)
      })
    )
  })
})
