import { describe, expect, it } from "@effect/vitest"
import { findTargets } from "../../../../src/app/repl/nodes/NodeTarget.ts"
import type { ClusterNode } from "../../../../src/protocol/ClusterTopology.ts"

const node = (host: string, port: number, role: "master" | "replica"): ClusterNode => ({
  id: `${host}${port}`,
  host,
  port,
  address: `${host}:${port}`,
  role,
  hostname: undefined,
  masterId: undefined
})
const topology = {
  nodes: [node("a", 7000, "master"), node("a", 7001, "replica"), node("b", 7000, "master")],
  slots: new Uint16Array(16384)
}
const found = (word: string) => {
  const targets = findTargets(word, topology)
  return typeof targets === "string" ? targets : targets.map(({ address }) => address)
}

describe("findTargets", () => {
  it("knows all, masters and replicas, in any case", () => {
    expect(found("@all")).toEqual(["a:7000", "a:7001", "b:7000"])
    expect(found("@Masters")).toEqual(["a:7000", "b:7000"])
    expect(found("@replicas")).toEqual(["a:7001"])
  })

  it("knows addresses, several of them, each node once and in the topology's order", () => {
    expect(found("@b:7000,a:7001,b:7000")).toEqual(["a:7001", "b:7000"])
    expect(found("@replicas,a:7000")).toEqual(["a:7000", "a:7001"])
  })

  it("knows a port that only one node has", () => {
    expect(found("@7001")).toEqual(["a:7001"])
    expect(found("@7000")).toMatch(/^@7000: no node of that name; .*a:7000, a:7001, b:7000$/)
  })

  it("says when there are no replicas", () => {
    const alone = { ...topology, nodes: topology.nodes.filter(({ role }) => role === "master") }
    expect(findTargets("@replicas", alone)).toBe("@replicas: there are none")
  })
})
