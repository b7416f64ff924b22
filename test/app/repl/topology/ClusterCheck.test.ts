import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import {
  checkText,
  findingsOfNodes,
  findingsOfViews,
  hasErrors
} from "../../../../src/app/repl/topology/ClusterCheck.ts"
import type { NodeFacts, NodeState } from "../../../../src/app/repl/topology/NodeStates.ts"
import { parseNodes } from "../../../../src/app/repl/topology/NodesText.ts"

const facts: NodeFacts = {
  version: "7.0.15",
  keys: 1,
  memory: 1,
  isLinked: true,
  offset: 1,
  heardAgo: 0
}
const master = (name: string, first: number, last: number): NodeState => ({
  id: name,
  address: `${name}:1`,
  role: "master",
  masterId: undefined,
  isFailed: false,
  slots: [[first, last]],
  facts: Either.right(facts)
})
const replica = (name: string, masterId: string, isLinked = true): NodeState => ({
  ...master(name, 0, 0),
  role: "replica",
  masterId,
  slots: [],
  facts: Either.right({ ...facts, isLinked })
})
const sound = [master("a", 0, 8191), replica("c", "a"), master("b", 8192, 16383), replica("d", "b")]
const told = (states: ReadonlyArray<NodeState>) =>
  findingsOfNodes(states).map(({ message, severity }) => `${severity}: ${message}`)

const view = (address: string, ...lines: ReadonlyArray<string>) => ({
  address,
  nodes: parseNodes(lines.join("\n"))
})
const LINE_A = "a a:1@2 master - 0 0 1 connected 0-8191"
const LINE_B = "b b:1@2 master - 0 0 2 connected 8192-16383"

describe("findingsOfNodes", () => {
  it("has nothing to say of a sound cluster, with or without replicas", () => {
    expect(told(sound)).toEqual([])
    expect(told(sound.filter(({ role }) => role === "master"))).toEqual([])
  })

  it("names the slots that nobody serves", () => {
    expect(told([master("a", 1, 8191), master("b", 8194, 16383)])).toEqual([
      "error: 3 of 16384 slots are not served: 0 8192-8193"
    ])
  })

  it("a failed master serves nothing", () => {
    expect(told([{ ...master("a", 0, 16382), isFailed: true }, master("b", 16383, 16383)])).toEqual([
      "error: a:1: the others take it for failed",
      "error: 16383 of 16384 slots are not served: 0-16382"
    ])
  })

  it("names nodes that do not answer, replicas without a link, masters left without a replica", () => {
    expect(
      told([
        sound[0],
        { ...sound[1], facts: Either.left("ECONNREFUSED"), isFailed: true },
        sound[2],
        replica("d", "b", false)
      ])
    ).toEqual([
      "error: c:1: does not answer (ECONNREFUSED)",
      "error: d:1: this replica has no link to its master",
      "warning: a:1: this master has no replica that works"
    ])
  })
})

describe("findingsOfViews", () => {
  it("has nothing to say when all agree", () => {
    expect(findingsOfViews([view("a:1", LINE_A, LINE_B), view("b:1", LINE_B, LINE_A)])).toEqual([])
  })

  it("names who does not agree", () => {
    const other = LINE_A.replace("0-8191", "0-8190")
    expect(findingsOfViews([view("a:1", LINE_A, LINE_B), view("b:1", LINE_B, other)])).toEqual([
      { severity: "error", message: "b:1: does not agree with a:1 on who serves which slots" }
    ])
  })

  it("names slots on the move, suspicions, and an epoch that two masters have", () => {
    const moving = `${LINE_A.replace("master", "myself,master")} [93->-b] [7->-b] [8-<-b]`
    const suspect = LINE_B.replace("master", "master,fail?").replace(" 2 ", " 1 ")
    expect(findingsOfViews([view("a:1", moving, suspect)]).map(({ message }) => message)).toEqual([
      "a:1: gives away slots and is not done: 7 93",
      "a:1: takes over slots and is not done: 8",
      "a:1: suspects b:1 of having failed",
      "b:1: has the epoch of a:1 (1)"
    ])
  })
})

describe("the report", () => {
  it("a warning is no error", () => {
    const report = { nodes: 2, findings: [{ severity: "warning" as const, message: "w" }] }
    expect(hasErrors(report)).toBe(false)
    expect(checkText(report)).toBe("warning: w\n2 nodes agree, and all 16384 slots are served")
    const worse = { nodes: 2, findings: [{ severity: "error" as const, message: "e" }] }
    expect(hasErrors(worse)).toBe(true)
    expect(checkText(worse)).toBe("error: e\n1 errors in 2 nodes")
  })
})
