import { describe, expect, it } from "@effect/vitest"
import { planCommand } from "../../../../src/app/repl/explain/CommandPlan.ts"
import type { ClusterTopology } from "../../../../src/protocol/ClusterTopology.ts"
import { lookupCommand } from "../../../../src/protocol/CommandTable.ts"
import { calculateSlot } from "../../../../src/protocol/HashSlot.ts"

/** Two masters with half of the slots each. */
const topology: ClusterTopology = {
  nodes: ["a", "b"].map((host) => ({
    id: host,
    host,
    port: 1,
    address: `${host}:1`,
    role: "master",
    hostname: undefined,
    masterId: undefined
  })),
  slots: Uint16Array.from({ length: 16384 }, (_, slot) => (slot < 8192 ? 0 : 1))
}
const plan = (line: string, isCluster = true) => {
  const args = line.split(" ")
  return planCommand(lookupCommand(args)!, args, topology, isCluster)
}

describe("planCommand", () => {
  it("names the slot and the node of each key, once", () => {
    expect(plan("MGET foo bar foo").keys).toEqual([
      { key: "foo", slot: calculateSlot("foo"), node: "b:1" },
      { key: "bar", slot: calculateSlot("bar"), node: "a:1" }
    ])
  })

  it.each([
    ["GET foo", "to the master of slot 12182"],
    ["MGET foo bar", "in 2 parts, one per slot, to 2 masters at once; not atomic"],
    ["MGET {foo}1 {foo}2", "to the master of slot 12182"],
    ["DBSIZE", "to all 2 masters; one reply of all (agg-sum)"],
    ["MULTI", "on the connection of this session"],
    ["BLPOP foo 0", "to the master of slot 12182; may wait, on a connection of its own"]
  ])("%s goes %s", (line, route) => {
    expect(plan(line)).toMatchObject({ route, problem: undefined })
  })

  it("knows what would fail before it is sent", () => {
    expect(plan("SINTER foo bar").problem).toMatch(/^its keys belong to 2 slots: CROSSSLOT/)
    expect(plan("GET").problem).toBe("wrong number of arguments: it takes 1, here are 0")
    expect(plan("MSET a").problem).toBe("wrong number of arguments: it takes at least 2, here are 1")
    const gap = { ...topology, slots: topology.slots.map(() => 0xffff) }
    expect(planCommand(lookupCommand(["GET"])!, ["GET", "foo"], gap, true).problem).toBe(
      "nobody serves slot 12182"
    )
  })

  it("on one server several slots are no matter", () => {
    expect(plan("SINTER foo bar", false)).toMatchObject({ route: "to a:1", problem: undefined })
  })
})
