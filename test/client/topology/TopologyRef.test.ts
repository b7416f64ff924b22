/** The table that commands are routed by: replaced whole, patched by MOVED, small. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as ClusterConfig from "../../../src/client/ClusterConfig.ts"
import * as NodeRegistry from "../../../src/client/NodeRegistry.ts"
import * as TopologyRef from "../../../src/client/topology/TopologyRef.ts"
import {
  type ClusterTopology,
  findNodeForSlot,
  parseClusterSlots
} from "../../../src/protocol/ClusterTopology.ts"
import { SLOT_COUNT } from "../../../src/protocol/HashSlot.ts"
import * as Resp from "../../../src/protocol/Resp.ts"
import { retainedBytes } from "../../support/Memory.ts"

const HOST = "127.0.0.1"
const config = ClusterConfig.make({ seeds: [{ host: HOST, port: 7000 }] })

const id = (port: number): string => port.toString(16).padStart(40, "0")

/** A topology as a server would tell it: ranges of slots, with the ports of master and replicas. */
const topologyOf = (
  ranges: ReadonlyArray<readonly [first: number, last: number, ...ports: ReadonlyArray<number>]>
): ClusterTopology => {
  const reply = Resp.array(
    ranges.map(([first, last, ...ports]) =>
      Resp.array([
        Resp.integer(first),
        Resp.integer(last),
        ...ports.map((port) =>
          Resp.array([Resp.bulkString(HOST), Resp.integer(port), Resp.bulkString(id(port)), Resp.array([])])
        )
      ])
    )
  )
  const topology = parseClusterSlots(reply, { host: HOST, port: 7000 })
  if ("_tag" in topology) throw new Error(topology.reason)
  return topology
}

const halves = (first: number, second: number): ClusterTopology =>
  topologyOf([
    [0, 8191, first],
    [8192, 16383, second]
  ])

/** A reference to what `answer` gives when it is asked. Nothing is connected to. */
const referTo = (answer: () => ClusterTopology) =>
  Effect.gen(function* () {
    const registry = yield* NodeRegistry.make(config, {})
    return { registry, ref: yield* TopologyRef.make(config, registry, Effect.sync(answer)) }
  })

const moved = (slot: number, port: number, host = HOST) => ({ kind: "MOVED" as const, slot, host, port })

const portOf = (ref: TopologyRef.TopologyRef, slot: number): number | undefined =>
  findNodeForSlot(ref.unsafeGet().topology, slot)?.port

describe("TopologyRef", () => {
  it.scopedLive("is one value: a hundred fibers never see half of a change", () =>
    Effect.gen(function* () {
      // In each version all ports are of one thousand, and the nodes stand in another order.
      let version = 7
      const next = (): ClusterTopology => {
        const base = ++version * 1000
        const width = SLOT_COUNT / 4
        const ports = Array.from({ length: 4 }, (_, index) => base + ((index + version) % 4))
        return topologyOf(
          ports.map((port, index) => [index * width, (index + 1) * width - 1, port, port + 10])
        )
      }
      const { ref } = yield* referTo(next)
      const run = { isOver: false }
      let reads = 0
      const faults = new Set<string>()
      const check = ({ masters, nodes, replicas, topology }: TopologyRef.RoutingTable): void => {
        reads++
        const version = Math.floor(topology.nodes[0].port / 1000)
        if (topology.nodes.length !== 8 || nodes.length !== 8 || masters.length !== 4) faults.add("count")
        for (const [index, { address, port, role }] of topology.nodes.entries()) {
          if (Math.floor(port / 1000) !== version) faults.add("nodes of two versions")
          if (nodes[index].address !== address) faults.add("another node's connection")
          if (role === "master" && replicas[index][0].port !== port + 10)
            faults.add("another master's replica")
        }
        for (let slot = 0; slot < SLOT_COUNT; slot += 1021) {
          if (topology.nodes[topology.slots[slot]]?.role !== "master")
            faults.add("a slot that is no master's")
        }
      }
      const reader = Effect.gen(function* () {
        while (!run.isOver) {
          check(ref.unsafeGet())
          yield* Effect.yieldNow()
          check(yield* ref.get)
          yield* Effect.yieldNow()
        }
      })
      const readers = yield* Effect.replicateEffect(Effect.fork(reader), 100)
      for (let turn = 0; turn < 30; turn++) {
        yield* ref.refresh
        yield* Effect.yieldNow()
      }
      run.isOver = true
      yield* Fiber.joinAll(readers)
      expect(version).toBe(38)
      expect(Array.from(faults)).toEqual([])
      expect(reads).toBeGreaterThan(3000)
    })
  )

  it.scoped("gives a slot to the node that MOVED names, at once, with one copy for all of a turn", () =>
    Effect.gen(function* () {
      const { ref } = yield* referTo(() => halves(7000, 7001))
      const before = ref.unsafeGet()
      const tables = new Set<TopologyRef.RoutingTable>()
      const fibers = yield* Effect.forEach(
        Array.from({ length: 500 }, (_, slot) => slot),
        (slot) =>
          Effect.fork(
            Effect.tap(ref.moved(moved(slot, 7001)), () => Effect.sync(() => tables.add(ref.unsafeGet())))
          )
      )
      const nodes = yield* Fiber.joinAll(fibers)
      expect(new Set(nodes.map(({ address }) => address))).toEqual(new Set([`${HOST}:7001`]))
      tables.add(ref.unsafeGet())
      tables.delete(before)
      expect(tables.size).toBe(1)
      expect(yield* ref.get).toBe(ref.unsafeGet())
      for (const slot of [0, 250, 499]) expect(portOf(ref, slot)).toBe(7001)
      expect(portOf(ref, 500)).toBe(7000)
      // The value that somebody still holds has not changed.
      expect(findNodeForSlot(before.topology, 0)?.port).toBe(7000)
    })
  )

  it.scoped(
    "is after any MOVEDs what it would be if it were made anew, and the one before is as it was",
    () =>
      Effect.gen(function* () {
        const seen = ({ masters, nodes, replicas, topology }: TopologyRef.RoutingTable) => ({
          owners: Array.from(topology.slots, (owner) => topology.nodes[owner].port).join(),
          nodes: nodes.map(({ hasSlots, isRouted, port }) => ({ port, hasSlots, isRouted })),
          masters: masters.map(({ port }) => port),
          replicas: replicas.map((each) => each.map(({ port }) => port))
        })
        const first = topologyOf([
          [0, 8191, 7000, 7010, 7011],
          [8192, 8192, 7001, 7012],
          [8193, 16383, 7002]
        ])
        // To a known master; its last slot away from one; to a replica; to a node that nobody knew.
        const steps = [moved(5, 7002), moved(8192, 7000), moved(6, 7011), moved(7, 7777), moved(8, 7777)]
        const { ref } = yield* referTo(() => first)
        for (const step of steps) {
          const before = ref.unsafeGet()
          const known = seen(before)
          yield* ref.moved(step)
          const after = ref.unsafeGet()
          expect(seen({ ...after, nodes: [] })).not.toEqual(seen({ ...before, nodes: [] }))
          const { ref: anew } = yield* referTo(() => after.topology)
          expect(seen(after)).toEqual(seen(anew.unsafeGet()))
          expect({ ...seen(before), nodes: known.nodes }).toEqual(known)
        }
        expect(ref.unsafeGet().nodes.find(({ port }) => port === 7001)?.hasSlots).toBe(false)
      })
  )

  it.scoped("copies nothing for a MOVED that it has heard of", () =>
    Effect.gen(function* () {
      const { ref } = yield* referTo(() => halves(7000, 7001))
      const before = ref.unsafeGet()
      expect((yield* ref.moved(moved(0, 7000))).port).toBe(7000)
      expect(ref.unsafeGet()).toBe(before)
    })
  )

  it.scoped("goes on believing a MOVED for a while when an older answer comes", () =>
    Effect.gen(function* () {
      const { ref } = yield* referTo(() => halves(7000, 7001))
      yield* ref.moved(moved(5, 7002))
      expect(portOf(ref, 5)).toBe(7002)
      yield* ref.refresh
      expect(portOf(ref, 5)).toBe(7002)
      expect(ref.unsafeGet().nodes.map(({ port }) => port)).toContain(7002)
      yield* TestClock.adjust(TopologyRef.MOVE_MEMORY)
      yield* ref.refresh
      expect(portOf(ref, 5)).toBe(7000)
      expect(ref.unsafeGet().nodes.map(({ port }) => port)).not.toContain(7002)
    })
  )

  it.scoped(
    "asks again after an answer that contradicts a MOVED, since it is wrong about other slots too",
    () =>
      Effect.gen(function* () {
        let answer = halves(7000, 7001)
        let questions = 0
        const { ref } = yield* referTo(() => {
          questions++
          return answer
        })
        // 7002 has taken over from 7000; who is asked first has not heard of it.
        yield* ref.moved(moved(5, 7002))
        yield* ref.refresh
        expect([portOf(ref, 5), portOf(ref, 6)]).toEqual([7002, 7000])
        answer = halves(7002, 7001)
        yield* TestClock.adjust("1 second")
        expect(portOf(ref, 6)).toBe(7002)
        expect(ref.unsafeGet().nodes.map(({ port }) => port)).toEqual([7002, 7001])
        const asked = questions
        yield* TestClock.adjust("30 seconds")
        expect(questions).toBe(asked)
      })
  )

  it.scoped("asks again for no longer than it believes the MOVED", () =>
    Effect.gen(function* () {
      let questions = 0
      const { ref } = yield* referTo(() => {
        questions++
        return halves(7000, 7001)
      })
      yield* ref.moved(moved(5, 7002))
      yield* ref.refresh
      yield* TestClock.adjust("30 seconds")
      expect(portOf(ref, 5)).toBe(7000)
      // The first, the one after the MOVED, and then with the usual pauses.
      expect(questions).toBeGreaterThan(4)
      expect(questions).toBeLessThan(14)
    })
  )

  it.scoped("makes the replica that MOVED names a master", () =>
    Effect.gen(function* () {
      const { ref } = yield* referTo(() => topologyOf([[0, 16383, 7000, 7003]]))
      expect(ref.unsafeGet().masters.map(({ port }) => port)).toEqual([7000])
      yield* ref.moved(moved(9, 7003))
      expect(ref.unsafeGet().masters.map(({ port }) => port)).toEqual([7000, 7003])
    })
  )

  it.scoped("still takes MOVEDs when a caller goes away at the worst moment, whichever that is", () =>
    Effect.gen(function* () {
      for (let operations = 12; operations < 40; operations++) {
        const { ref } = yield* referTo(() => halves(7000, 7001))
        // It has to yield after so many operations, which is when it is interrupted.
        const fiber = yield* Effect.fork(Effect.withMaxOpsBeforeYield(ref.moved(moved(1, 7001)), operations))
        yield* Effect.yieldNow()
        yield* Fiber.interruptFork(fiber)
        yield* ref.moved(moved(2, 7001))
        // The first may still be about to apply both.
        for (let turn = 0; turn < 10; turn++) yield* Effect.yieldNow()
        expect(portOf(ref, 2), `interrupted after ${operations} operations`).toBe(7001)
      }
    })
  )

  it.scoped("tells who waits for a change of it, and not of an answer that says the same", () =>
    Effect.gen(function* () {
      let answer = halves(7000, 7001)
      const { ref } = yield* referTo(() => answer)
      const waiting = yield* Effect.fork(ref.nextChange)
      yield* Effect.yieldNow()
      // The same nodes in another order.
      answer = topologyOf([
        [8192, 16383, 7001],
        [0, 8191, 7000]
      ])
      yield* ref.refresh
      expect(waiting.unsafePoll()).toBeNull()
      answer = halves(7001, 7000)
      yield* ref.refresh
      yield* Fiber.join(waiting)
    })
  )
})

describe("TopologyRef: what it holds", () => {
  const MOST_BYTES = 2 * 1024 * 1024

  /** Masters with two replicas each, whose slots are strewn over the table. */
  const scattered = (masters: number, base = 20_000): ClusterTopology =>
    topologyOf(
      Array.from({ length: SLOT_COUNT / 8 }, (_, index) => {
        const port = base + (index % masters) * 3
        return [index * 8, index * 8 + 7, port, port + 1, port + 2]
      })
    )

  it("at most 2 MB for a thousand nodes", () => {
    scattered(333)
    const before = retainedBytes()
    const topology = scattered(333)
    const held = retainedBytes() - before
    expect(topology.nodes).toHaveLength(999)
    expect(held).toBeLessThan(MOST_BYTES)
    // A slot table alone is 32 KB.
    expect(held).toBeGreaterThan(32 * 1024)
  })

  it.scopedLive("at most 2 MB with what it takes to connect to three hundred nodes", () =>
    Effect.gen(function* () {
      const before = retainedBytes()
      const { ref } = yield* referTo(() => scattered(100))
      const held = retainedBytes() - before
      expect(ref.unsafeGet().nodes).toHaveLength(300)
      expect(held).toBeLessThan(MOST_BYTES)
    })
  )

  it.scopedLive("no more after many refreshes and many MOVEDs", () =>
    Effect.gen(function* () {
      const answers = new Map([20_000, 30_000].map((base) => [base, scattered(30, base)]))
      let base = 20_000
      const { ref, registry } = yield* referTo(() => answers.get(base)!)
      const churn = Effect.gen(function* () {
        // All nodes are others, and then the first again.
        for (const other of [30_000, 20_000]) {
          base = other
          yield* ref.refresh
          for (let slot = 0; slot < 5; slot++) yield* ref.moved(moved(slot, base + 3))
        }
      })
      yield* churn
      const before = retainedBytes()
      yield* Effect.repeatN(churn, 4)
      expect(retainedBytes() - before).toBeLessThan(MOST_BYTES / 4)
      // One more, which a MOVED has named a moment ago.
      expect(registry.unsafeNodes().length).toBeLessThanOrEqual(91)
    })
  )
})
