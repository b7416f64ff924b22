import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  type ClusterTopology,
  findNodeForSlot,
  parseClusterShards,
  replicasOf
} from "../../src/protocol/ClusterTopology.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import type { RespValue } from "../../src/protocol/Resp.ts"
import { respValue } from "../support/RespArbitrary.ts"

const ANSWERED_BY = { host: "10.0.0.9", port: 7000 }

type Field = readonly [string, string | number | RespValue]

const valueOf = (value: Field[1]): RespValue =>
  typeof value === "string" ? Resp.bulkString(value) : typeof value === "number" ? Resp.integer(value) : value

const asMap = (fields: ReadonlyArray<Field>) =>
  Resp.map(fields.map(([name, value]) => [Resp.bulkString(name), valueOf(value)] as const))
const asFlatArray = (fields: ReadonlyArray<Field>) =>
  Resp.array(fields.flatMap(([name, value]) => [Resp.bulkString(name), valueOf(value)]))

const shards = (form: (fields: ReadonlyArray<Field>) => RespValue): RespValue => {
  const node = (id: string, port: number, role: string, health = "online"): RespValue =>
    form([
      ["id", id],
      ["port", port],
      ["tls-port", port + 1000],
      ["ip", "10.0.0.1"],
      ["endpoint", "10.0.0.1"],
      ["hostname", "one.example"],
      ["role", role],
      ["replication-offset", 0],
      ["health", health]
    ])
  const slots = (...bounds: ReadonlyArray<number>) => Resp.array(bounds.map(Resp.integer))
  return Resp.array([
    form([
      ["slots", slots(0, 99, 200, 16383)],
      [
        "nodes",
        Resp.array([
          node("b", 7002, "replica"),
          node("a", 7001, "master"),
          node("f", 7009, "replica", "fail")
        ])
      ]
    ]),
    form([
      ["slots", slots(100, 199)],
      ["nodes", Resp.array([node("c", 7003, "master")])]
    ]),
    form([
      ["slots", slots()],
      ["nodes", Resp.array([node("d", 7004, "master")])]
    ])
  ])
}

describe("parseClusterShards", () => {
  for (const [form, reply] of [
    ["RESP3", shards(asMap)],
    ["RESP2", shards(asFlatArray)]
  ] as const) {
    it(`reads the ${form} form: masters first, failed nodes left out`, () => {
      const topology = parseClusterShards(reply, ANSWERED_BY) as ClusterTopology
      expect(findNodeForSlot(topology, 0)?.address).toBe("10.0.0.1:7001")
      expect(findNodeForSlot(topology, 150)?.address).toBe("10.0.0.1:7003")
      expect(findNodeForSlot(topology, 16383)?.id).toBe("a")
      expect(replicasOf(topology, findNodeForSlot(topology, 0)!).map(({ id }) => id)).toEqual(["b"])
      expect(findNodeForSlot(topology, 0)?.hostname).toBe("one.example")
    })
  }

  it("knows nodes by their TLS ports when TLS is spoken", () => {
    const topology = parseClusterShards(shards(asMap), ANSWERED_BY, true) as ClusterTopology
    expect(findNodeForSlot(topology, 0)?.port).toBe(8001)
  })

  it("never throws", () => {
    fc.assert(
      fc.property(respValue, fc.boolean(), (reply, isTls) => {
        const topology = parseClusterShards(reply, ANSWERED_BY, isTls)
        expect("_tag" in topology || topology.slots.length === 16384).toBe(true)
      })
    )
  })
})
