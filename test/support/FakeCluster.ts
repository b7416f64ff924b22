/**
 * Several `FakeNode`s that behave as one Redis Cluster: the slots split evenly,
 * CLUSTER SLOTS the same everywhere, MOVED from a node that does not own the
 * slot, ASK and TRYAGAIN while a slot is on the move, and a small store of
 * strings behind GET, SET, INCR, MGET, MSET, DEL, UNLINK, EXISTS, TOUCH, DBSIZE
 * and FLUSHALL. A script, asked first, changes any of it.
 *
 * Has no replicas and no failover by itself: a test stops a node and gives its
 * slots to another (`assign`).
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { calculateSlot, SLOT_COUNT } from "../../src/protocol/HashSlot.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import type { RespValue } from "../../src/protocol/Resp.ts"
import {
  type FakeCommand,
  type FakeConnection,
  FakeNode,
  type FakeNodeOptions,
  type FakeReply
} from "./FakeNode.ts"
import { FakeStore } from "./FakeStore.ts"

/** As `FakeScript`, with the number of the node that was asked. */
export type FakeClusterScript = (
  command: FakeCommand,
  connection: FakeConnection,
  node: number
) => FakeReply | undefined | Promise<FakeReply | undefined>

export interface FakeCluster {
  readonly nodes: ReadonlyArray<FakeNode>
  /** What each node holds, by node. */
  readonly stores: ReadonlyArray<FakeStore>
  /** The seeds of a `ClusterConfig`. */
  readonly seeds: ReadonlyArray<{ readonly host: string; readonly port: number }>
  script: FakeClusterScript
  /** The number of the node that owns the slot. */
  owner(slot: number): number
  ownerOfKey(key: string): number
  /** The slots, with the keys in them, belong to `to` from here on; CLUSTER SLOTS says so at once. */
  assign(slots: Iterable<number>, to: number): void
  /** CLUSTER SETSLOT MIGRATING at the owner, IMPORTING at `to`. */
  beginMigration(slot: number, to: number): void
  /** MIGRATE of one key whose slot is on the move. */
  migrateKey(key: string): void
  /** CLUSTER SETSLOT NODE: what is left of the slot goes over, and it changes hands. */
  finishMigration(slot: number): void
  /** Commands with this name received by all nodes. */
  received(name: string): ReadonlyArray<FakeCommand>
}

const make = (
  count: number,
  script: FakeClusterScript = () => undefined,
  options: Omit<FakeNodeOptions, "mode"> = {}
): Effect.Effect<FakeCluster, never, Scope.Scope> =>
  Effect.gen(function* () {
    const cluster = new StoredCluster(script)
    for (let index = 0; index < count; index++) {
      cluster.add(
        yield* FakeNode.make((command, connection) => cluster.answer(command, connection, index), {
          ...options,
          mode: "cluster"
        })
      )
    }
    cluster.splitEvenly()
    return cluster
  })

export const FakeCluster = { make }

class StoredCluster implements FakeCluster {
  readonly nodes: Array<FakeNode> = []
  readonly stores: Array<FakeStore> = []
  script: FakeClusterScript
  private readonly owners = new Uint16Array(SLOT_COUNT)
  private readonly migrations = new Map<number, number>()

  constructor(script: FakeClusterScript) {
    this.script = script
  }

  get seeds(): ReadonlyArray<{ readonly host: string; readonly port: number }> {
    return this.nodes.map(({ host, port }) => ({ host, port }))
  }

  add(node: FakeNode): void {
    this.nodes.push(node)
    this.stores.push(new FakeStore())
  }

  splitEvenly(): void {
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      this.owners[slot] = Math.floor((slot * this.nodes.length) / SLOT_COUNT)
    }
    this.announce()
  }

  owner(slot: number): number {
    return this.owners[slot]
  }

  ownerOfKey(key: string): number {
    return this.owner(calculateSlot(key))
  }

  assign(slots: Iterable<number>, to: number): void {
    const moved = new Set(slots)
    for (const store of this.stores) store.moveSlots(moved, this.stores[to])
    for (const slot of moved) this.owners[slot] = to
    this.announce()
  }

  beginMigration(slot: number, to: number): void {
    this.migrations.set(slot, to)
  }

  migrateKey(key: string): void {
    const slot = calculateSlot(key)
    this.stores[this.owner(slot)].moveKey(key, this.stores[this.migrations.get(slot)!])
  }

  finishMigration(slot: number): void {
    const to = this.migrations.get(slot)!
    this.migrations.delete(slot)
    this.assign([slot], to)
  }

  received(name: string): ReadonlyArray<FakeCommand> {
    return this.nodes.flatMap((node) => node.received(name))
  }

  answer(
    command: FakeCommand,
    connection: FakeConnection,
    index: number
  ): FakeReply | undefined | Promise<FakeReply | undefined> {
    const scripted = this.script(command, connection, index)
    if (scripted instanceof Promise) {
      return scripted.then((reply) => reply ?? this.serve(command, connection, index))
    }
    return scripted ?? this.serve(command, connection, index)
  }

  private serve(command: FakeCommand, connection: FakeConnection, index: number): RespValue | undefined {
    const store = this.stores[index]
    return (
      this.redirection(FakeStore.keysOf(command), connection, index) ?? store.run(command, connection.bytes)
    )
  }

  /** As getNodeByQuery in Redis's cluster.c. */
  private redirection(
    keys: ReadonlyArray<string>,
    connection: FakeConnection,
    index: number
  ): RespValue | undefined {
    if (keys.length === 0) return undefined
    const slot = calculateSlot(keys[0])
    if (keys.some((key) => calculateSlot(key) !== slot)) {
      return Resp.simpleError("CROSSSLOT Keys in request don't hash to the same slot")
    }
    const missing = keys.filter((key) => !this.stores[index].has(key)).length
    const target = this.migrations.get(slot)
    if (this.owner(slot) === index) {
      if (target === undefined || missing === 0) return undefined
      return missing < keys.length ? TRY_AGAIN : redirect("ASK", slot, this.nodes[target])
    }
    if (target === index && connection.isAsking) {
      return keys.length > 1 && missing > 0 ? TRY_AGAIN : undefined
    }
    return redirect("MOVED", slot, this.nodes[this.owner(slot)])
  }

  private announce(): void {
    const ranges = []
    for (let first = 0; first < SLOT_COUNT;) {
      let last = first
      while (last + 1 < SLOT_COUNT && this.owners[last + 1] === this.owners[first]) last++
      const { host, port } = this.nodes[this.owners[first]]
      const id = this.owners[first].toString(16).padStart(40, "0")
      ranges.push({ first, last, nodes: [{ host, port, id }] })
      first = last + 1
    }
    for (const node of this.nodes) node.slots = ranges
  }
}

const TRY_AGAIN = Resp.simpleError("TRYAGAIN Multiple keys request during rehashing of slot")

const redirect = (kind: "MOVED" | "ASK", slot: number, node: FakeNode): RespValue =>
  Resp.simpleError(`${kind} ${slot} ${node.address}`)
