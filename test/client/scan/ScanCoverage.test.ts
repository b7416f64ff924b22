import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { ScanCoverage } from "../../../src/client/scan/ScanCoverage.ts"
import type { NodeSlots } from "../../../src/client/scan/ScanSlots.ts"
import type { ScanWalk } from "../../../src/client/scan/ScanWalk.ts"
import { moveSlots, singleNodeTopology } from "../../../src/protocol/ClusterTopology.ts"
import { SLOT_COUNT } from "../../../src/protocol/HashSlot.ts"

const PORTS = [7000, 7001, 7002]
const SLOTS = [5, 6, 7]
const PAGES = 4

const addressOf = (node: number): string => `h:${PORTS[node]}`

/** Slots and the keys in them on three nodes; a key has its page on every node. */
class Model {
  readonly owners = new Map(SLOTS.map((slot, index) => [slot, index]))
  readonly moves = new Map<number, number>()
  readonly epochs = [1, 2, 3]
  readonly keys = SLOTS.flatMap((slot, index) =>
    Array.from({ length: 2 * PAGES }, (_, key) => ({
      name: `${slot}-${key}`,
      slot,
      page: key % PAGES,
      node: index
    }))
  )

  change(kind: number, slot: number, to: number): void {
    const target = this.moves.get(slot)
    if (target === undefined) {
      if (to !== this.owners.get(slot)) this.moves.set(slot, to)
    } else if (kind % 3 === 0) {
      for (const key of this.keys) if (key.slot === slot) key.node = target
      this.owners.set(slot, target)
      this.moves.delete(slot)
      // As clusterBumpConfigEpochWithoutConsensus: not if the node has the greatest already.
      const greatest = Math.max(...this.epochs)
      if (this.epochs[target] !== greatest) this.epochs[target] = greatest + 1
    } else {
      const key = this.keys.find((each) => each.slot === slot && each.node !== target && each.page === to)
      if (key !== undefined) key.node = target
    }
  }

  /** As `node` would say it; all slots without keys are the first node's. */
  slotsOf(node: number): NodeSlots {
    const owned = new Uint8Array(SLOT_COUNT).fill(node === 0 ? 1 : 0)
    for (const [slot, owner] of this.owners) owned[slot] = owner === node ? 1 : 0
    const moves = Array.from(this.moves)
    return {
      id: String(node),
      epoch: String(this.epochs[node]),
      owned,
      migrating: new Map(
        moves.filter(([slot]) => this.owners.get(slot) === node).map(([slot, to]) => [slot, String(to)])
      ),
      importing: new Map(
        moves.filter(([, to]) => to === node).map(([slot]) => [slot, String(this.owners.get(slot))])
      ),
      addressOf: (id) => addressOf(Number(id))
    }
  }

  sourcesOf({ sources }: ScanWalk): ReadonlyMap<string, NodeSlots> {
    return new Map(
      Array.from(sources, (address) => [
        address,
        this.slotsOf(PORTS.findIndex((port) => address === `h:${port}`))
      ])
    )
  }

  get topology() {
    return moveSlots(
      singleNodeTopology("h", PORTS[0]),
      Array.from(this.owners, ([slot, owner]) => ({ slot, host: "h", port: PORTS[owner] }))
    )
  }
}

type Change = readonly [kind: number, slot: number, to: number]

/** Walks the model, a page of some node at a time, with changes between the pages. */
const walkAll = (changes: ReadonlyArray<ReadonlyArray<Change>>, concurrency: number) => {
  const model = new Model()
  const coverage = new ScanCoverage()
  const given: Array<string> = []
  const turns = changes.values()
  let rounds = 0
  const change = (): void => {
    for (const each of turns.next().value ?? []) model.change(...each)
  }
  const readPage = (node: number, page: number, walk: ScanWalk | undefined): ScanWalk => {
    const slots = model.slotsOf(node)
    const current = walk ?? coverage.begin(addressOf(node), slots)
    if (walk !== undefined) walk.look(slots)
    for (const key of model.keys) {
      if (key.node === node && key.page === page && current.wants(key.slot)) given.push(key.name)
    }
    if (page === PAGES - 1) current.end(model.sourcesOf(current))
    return current
  }
  while (coverage.remaining > 0) {
    if (++rounds > changes.length + 10) throw new Error(`slot ${coverage.firstMissing} is never done`)
    const nodes = Array.from(coverage.addresses(model.topology), (address) =>
      PORTS.findIndex((port) => address === `h:${port}`)
    )
    for (let first = 0; first < nodes.length; first += concurrency) {
      const together = nodes.slice(first, first + concurrency)
      const walks: Array<ScanWalk> = []
      for (let page = 0; page < PAGES; page++) {
        for (const [index, node] of together.entries()) {
          walks[index] = readPage(node, page, walks[index])
          change()
        }
      }
    }
  }
  return { given, keys: model.keys.map(({ name }) => name), rounds }
}

const arbitraryChanges = fc.array(
  fc.array(fc.tuple(fc.nat(5), fc.constantFrom(...SLOTS), fc.nat(2)), { maxLength: 4 }),
  { maxLength: 60 }
)

describe("ScanCoverage", () => {
  it("takes one round and gives each key once where nothing moves", () => {
    const { given, keys, rounds } = walkAll([], 1)
    expect(rounds).toBe(1)
    expect(given.sort()).toEqual(keys.sort())
  })

  it("gives every key, however slots move between the pages", () => {
    fc.assert(
      fc.property(arbitraryChanges, fc.constantFrom(1, 2, 3), (changes, concurrency) => {
        const { given, keys } = walkAll(changes, concurrency)
        const seen = new Set(given)
        expect(keys.filter((key) => !seen.has(key))).toEqual([])
      }),
      { numRuns: 200 }
    )
  })

  it("walks both nodes of a slot whose move stands still, the one that it leaves first, and ends", () => {
    const begun: Change = [1, 6, 0]
    const { given, keys, rounds } = walkAll([[begun, [1, 6, 0], [1, 6, 1]]], 1)
    expect(new Set(given)).toEqual(new Set(keys))
    expect(rounds).toBe(2)
  })

  it("begins anew with a slot whose move was called off", () => {
    const model = new Model()
    const coverage = new ScanCoverage()
    model.change(1, 6, 0)
    coverage.begin(addressOf(0), model.slotsOf(0)).end()
    coverage.begin(addressOf(1), model.slotsOf(1)).end()
    coverage.begin(addressOf(2), model.slotsOf(2)).end()
    expect(coverage.addresses(model.topology)).toEqual(new Set([addressOf(0)]))
    model.moves.clear()
    coverage.begin(addressOf(0), model.slotsOf(0)).end()
    expect(coverage.addresses(model.topology)).toEqual(new Set([addressOf(1)]))
    coverage.begin(addressOf(1), model.slotsOf(1)).end()
    expect(coverage.remaining).toBe(0)
  })

  it("is not deceived by a slot that went, came back and goes again", () => {
    const model = new Model()
    const coverage = new ScanCoverage()
    const walk = (node: number): void => {
      const walk = coverage.begin(addressOf(node), model.slotsOf(node))
      walk.end(model.sourcesOf(walk))
    }
    model.change(1, 6, 0)
    // A key that is not seen where it was, since it has gone already, and comes back before the other node is walked.
    model.change(1, 6, 0)
    for (const node of [0, 1, 2]) walk(node)
    expect(coverage.remaining).toBe(1)
    model.change(0, 6, 0)
    model.change(1, 6, 1)
    model.change(0, 6, 1)
    model.change(1, 6, 0)
    expect(coverage.addresses(model.topology)).toEqual(new Set([addressOf(0)]))
    walk(0)
    expect(coverage.remaining).toBe(1)
    expect(coverage.addresses(model.topology)).toEqual(new Set([addressOf(1)]))
  })
})
