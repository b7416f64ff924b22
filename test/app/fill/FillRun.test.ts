import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { fillDocument } from "../../../src/app/fill/FillReport.ts"
import { DataSet } from "../../../src/dataset/DataSet.ts"
import * as Resp from "../../../src/protocol/Resp.ts"
import { FakeCluster } from "../../support/FakeCluster.ts"
import { type FakeCommand, type FakeConnection, FakeNode, type FakeScript } from "../../support/FakeNode.ts"
import { FakeStore } from "../../support/FakeStore.ts"
import {
  clusterClient,
  fillJob,
  NOTHING_WRONG,
  settingsOf,
  standaloneClient,
  wrongIn
} from "./FillFixture.ts"
import { keysOfCommand } from "../transfer/ScriptedPeer.ts"

const OOM = Resp.simpleError("OOM command not allowed when used memory > 'maxmemory'.")

const isWrite = ([name]: FakeCommand): boolean => name === "SET" || name === "MSET"

/** No reply, and none to what comes after it on the connection. */
const NEVER = new Promise<undefined>(() => {})

/** A node over a store, which may refuse first. */
const storing =
  (store: FakeStore, refuse: FakeScript = () => undefined): FakeScript =>
  (command, connection) =>
    refuse(command, connection) ?? store.run(command, connection.bytes)

/** Refuses the `nth` key that is written, whenever it is sent. */
const refusingKey = (nth: number): FakeScript => {
  let seen = 0
  let refused: string | undefined
  return (command) => {
    if (!isWrite(command)) return undefined
    const keys = keysOfCommand(command)
    if (refused === undefined && seen + keys.length >= nth) refused = keys[nth - seen - 1]
    seen += keys.length
    return refused !== undefined && keys.includes(refused) ? OOM : undefined
  }
}

/** What the report should say of the nodes. */
const heldBy = ({ nodes, stores }: FakeCluster) =>
  nodes
    .map(({ address, port }, node) => ({ address, port, keys: stores[node].entries.size }))
    .toSorted((a, b) => a.port - b.port)
    .map(({ address, keys }) => ({ address, keys }))

describe("a fill of one server", () => {
  it.live("acknowledges every key", () =>
    Effect.gen(function* () {
      const store = new FakeStore()
      const node = yield* FakeNode.make(storing(store))
      const settings = settingsOf(10_000)
      const job = yield* fillJob(settings, yield* standaloneClient(node))
      yield* job.write
      expect(wrongIn([store], settings)).toEqual(NOTHING_WRONG)
      const document = fillDocument(job.report())
      expect(document).toMatchObject({
        seed: 1,
        keys: 10_000,
        bytes: 500_000,
        acknowledged: 10_000,
        nodes: [{ address: node.address, keys: 10_000, bytes: 500_000 }],
        moved: 0,
        asked: 0,
        resent: 0,
        errors: {}
      })
      expect(node.received("MSET").length).toBeLessThan(200)
    }).pipe(Effect.scoped)
  )

  for (const command of [{ _tag: "Write" }, { _tag: "WriteExpiring", milliseconds: 100_000 }] as const) {
    it.live(
      `says 9 999 and which kind when the 7th of 10 000 writes is answered with OOM (${command._tag})`,
      () =>
        Effect.gen(function* () {
          const store = new FakeStore()
          const node = yield* FakeNode.make(storing(store, refusingKey(7)))
          const settings = settingsOf(10_000, { command })
          const job = yield* fillJob(settings, yield* standaloneClient(node))
          const failure = yield* Effect.flip(job.write)
          expect(fillDocument(job.report())).toMatchObject({ acknowledged: 9_999, errors: { OOM: 1 } })
          expect(store.entries.size).toBe(9_999)
          expect(failure).toMatchObject({ tag: "Unacknowledged", node: node.address })
          expect(failure.message).toMatch(
            /^1 of 10000 keys were refused \(OOM 1\).*OOM command not allowed.*9999 of 10000/
          )
        }).pipe(Effect.scoped)
    )
  }

  it.live("says 9 999 also when the 7th command of a fill without groups is refused once", () =>
    Effect.gen(function* () {
      let writes = 0
      const store = new FakeStore()
      const node = yield* FakeNode.make(
        storing(store, (command) => (isWrite(command) && ++writes === 7 ? OOM : undefined))
      )
      const job = yield* fillJob(settingsOf(10_000, { pipeline: 1 }), yield* standaloneClient(node))
      yield* Effect.flip(job.write)
      expect(fillDocument(job.report())).toMatchObject({ acknowledged: 9_999, errors: { OOM: 1 } })
    }).pipe(Effect.scoped)
  )

  it.live("stops when nearly everything is refused, and says how far it came", () =>
    Effect.gen(function* () {
      const store = new FakeStore()
      const node = yield* FakeNode.make(
        storing(store, (command) => (isWrite(command) && store.entries.size >= 5_000 ? OOM : undefined))
      )
      const job = yield* fillJob(settingsOf(1_000_000, { connections: 2 }), yield* standaloneClient(node))
      const failure = yield* Effect.flip(job.write)
      const document = fillDocument(job.report()) as { acknowledged: number; errors: { OOM: number } }
      expect(document.acknowledged).toBe(store.entries.size)
      expect(document.errors.OOM).toBeGreaterThanOrEqual(1_000)
      expect(document.errors.OOM).toBeLessThan(30_000)
      expect(failure).toMatchObject({ tag: "RedisError", node: node.address })
      expect(failure.message).toContain(`${document.acknowledged} of 1000000 keys acknowledged`)
      expect(failure.message).toMatch(/OOM command not allowed.*fill less \(--data\), or raise maxmemory/)
    }).pipe(Effect.scoped)
  )

  it.live("goes on with refusals now and then, each key of which is counted", () =>
    Effect.gen(function* () {
      const store = new FakeStore()
      const isUnlucky = (key: string): boolean => key[3] === "0"
      const node = yield* FakeNode.make(
        storing(store, (command) =>
          isWrite(command) && keysOfCommand(command).some(isUnlucky) ? OOM : undefined
        )
      )
      const job = yield* fillJob(settingsOf(20_000), yield* standaloneClient(node))
      const set = new DataSet(settingsOf(20_000))
      const unlucky = Array.from({ length: 20_000 }, (_, index) => set.key(index).toString()).filter(
        isUnlucky
      )
      expect((yield* Effect.flip(job.write)).tag).toBe("Unacknowledged")
      expect(unlucky.length).toBeGreaterThan(100)
      expect(fillDocument(job.report())).toMatchObject({
        acknowledged: 20_000 - unlucky.length,
        errors: { OOM: unlucky.length }
      })
      expect(store.entries.size).toBe(20_000 - unlucky.length)
    }).pipe(Effect.scoped)
  )

  it.live("sends again what was on connections that were cut, and nothing else", () =>
    Effect.gen(function* () {
      const store = new FakeStore()
      let writes = 0
      const node = yield* FakeNode.make(
        storing(store, (command) => {
          if (isWrite(command) && (++writes === 100 || writes === 300)) node.destroyConnections()
          return undefined
        })
      )
      const settings = settingsOf(60_000)
      const job = yield* fillJob(settings, yield* standaloneClient(node))
      yield* job.write
      expect(wrongIn([store], settings)).toEqual(NOTHING_WRONG)
      const { acknowledged, errors, resent } = fillDocument(job.report())
      expect([acknowledged, errors]).toEqual([60_000, {}])
      expect(resent).toBeGreaterThan(0)
      expect(resent).toBeLessThanOrEqual(2 * 8 * 8192)
    }).pipe(Effect.scoped)
  )

  it.live("waits for a server that is loading", () =>
    Effect.gen(function* () {
      const store = new FakeStore()
      let writes = 0
      const node = yield* FakeNode.make(
        storing(store, (command) =>
          isWrite(command) && ++writes > 20 && writes < 200
            ? Resp.simpleError("LOADING Redis is loading the dataset in memory")
            : undefined
        )
      )
      const settings = settingsOf(10_000, { connections: 2 })
      const job = yield* fillJob(settings, yield* standaloneClient(node))
      yield* job.write
      expect(wrongIn([store], settings)).toEqual(NOTHING_WRONG)
      expect(fillDocument(job.report())).toMatchObject({ acknowledged: 10_000, errors: {} })
    }).pipe(Effect.scoped)
  )

  it.live("counts what is acknowledged while it is being interrupted", () =>
    Effect.gen(function* () {
      const store = new FakeStore()
      const node = yield* FakeNode.make(async (command, connection) => {
        const { bytes } = connection
        if (isWrite(command)) await new Promise((resolve) => setTimeout(resolve, 20))
        return store.run(command, bytes)
      })
      const job = yield* fillJob(settingsOf(1_000_000, { pipeline: 1000 }), yield* standaloneClient(node))
      const fiber = yield* Effect.fork(job.write)
      yield* node.awaitCommand(isWrite, 30)
      const start = performance.now()
      yield* Fiber.interrupt(fiber)
      // Less than the grace: everything was answered, also on connections that had just come about.
      expect(performance.now() - start).toBeLessThan(900)
      const { acknowledged } = fillDocument(job.report())
      expect(acknowledged).toBeGreaterThan(0)
      expect(acknowledged).toBe(store.entries.size)
    }).pipe(Effect.scoped)
  )

  it.live("keeps one connection at a time when it is serial", () =>
    Effect.gen(function* () {
      const store = new FakeStore()
      const node = yield* FakeNode.make(storing(store))
      const job = yield* fillJob(settingsOf(5_000, { connections: 1 }), yield* standaloneClient(node))
      yield* job.write
      const writers = node.connections.filter(({ commands }) => commands.some(isWrite))
      expect([writers.length, store.entries.size]).toEqual([1, 5_000])
    }).pipe(Effect.scoped)
  )
})

describe("a fill of a cluster", () => {
  it.live("gives every key to its slot's master, evenly", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const settings = settingsOf(60_000, { isCluster: true })
      const job = yield* fillJob(settings, yield* clusterClient(cluster))
      yield* job.write
      expect(wrongIn(cluster.stores, settings)).toEqual(NOTHING_WRONG)
      const document = fillDocument(job.report())
      expect(document).toMatchObject({
        acknowledged: 60_000,
        moved: 0,
        nodes: heldBy(cluster)
      })
      for (const { entries } of cluster.stores) expect(Math.abs(entries.size - 20_000)).toBeLessThan(400)
    }).pipe(Effect.scoped)
  )

  it.live("follows slots that move while it writes", () =>
    Effect.gen(function* () {
      let writes = 0
      const cluster = yield* FakeCluster.make(3, (command) => {
        if (isWrite(command)) {
          writes++
          if (writes === 50)
            cluster.assign(
              Array.from({ length: 2000 }, (_, slot) => slot),
              2
            )
          if (writes === 900)
            cluster.assign(
              Array.from({ length: 500 }, (_, slot) => 9000 + slot),
              0
            )
        }
        return undefined
      })
      const settings = settingsOf(100_000, { isCluster: true, pipeline: 128 })
      const job = yield* fillJob(settings, yield* clusterClient(cluster))
      yield* job.write
      expect(wrongIn(cluster.stores, settings)).toEqual(NOTHING_WRONG)
      const document = fillDocument(job.report())
      expect(document).toMatchObject({
        acknowledged: 100_000,
        errors: {},
        nodes: heldBy(cluster)
      })
      // The first to find a slot moved is redirected; the rest of its work goes to the new owner's streams.
      expect(document["moved"]).toBeGreaterThan(0)
      expect(document["moved"]).toBeLessThan(3_000)
      expect(document["resent"]).toBe(document["moved"])
    }).pipe(Effect.scoped)
  )

  it.live("splits the groups of a slot that is being moved", () =>
    Effect.gen(function* () {
      const settings = settingsOf(200_000, { isCluster: true })
      const cluster = yield* FakeCluster.make(2)
      cluster.beginMigration(0, 1)
      cluster.beginMigration(16383, 0)
      const job = yield* fillJob(settings, yield* clusterClient(cluster))
      yield* job.write
      cluster.finishMigration(0)
      cluster.finishMigration(16383)
      expect(wrongIn(cluster.stores, settings)).toEqual(NOTHING_WRONG)
      const document = fillDocument(job.report())
      expect(document).toMatchObject({ acknowledged: 200_000, moved: 0, errors: {} })
      expect(document["asked"]).toBeGreaterThan(0)
      expect(document["resent"]).toBe(document["asked"])
    }).pipe(Effect.scoped)
  )

  it.live("goes on at the new owner of a master that is gone", () =>
    Effect.gen(function* () {
      const settings = settingsOf(300_000, { isCluster: true, silenceTimeout: Duration.seconds(2) })
      const cluster = yield* FakeCluster.make(3)
      const job = yield* fillJob(settings, yield* clusterClient(cluster))
      const fiber = yield* Effect.fork(job.write)
      yield* cluster.nodes[1].awaitCommand(isWrite, 20)
      yield* cluster.nodes[1].stop
      yield* Effect.sleep("300 millis")
      cluster.assign(
        Array.from({ length: 16384 }, (_, slot) => slot).filter((slot) => cluster.owner(slot) === 1),
        0
      )
      yield* Fiber.join(fiber)
      expect(wrongIn(cluster.stores, settings)).toEqual(NOTHING_WRONG)
      expect(fillDocument(job.report())).toMatchObject({ acknowledged: 300_000, errors: {} })
    }).pipe(Effect.scoped)
  )

  it.live("goes on at the new owner of a master that hangs, without waiting for the command timeout", () =>
    Effect.gen(function* () {
      const settings = settingsOf(300_000, { isCluster: true, silenceTimeout: Duration.minutes(10) })
      let writes = 0
      const cluster = yield* FakeCluster.make(3, (command, _, node) =>
        node === 1 && isWrite(command) && ++writes > 40 ? NEVER : undefined
      )
      const job = yield* fillJob(settings, yield* clusterClient(cluster))
      const fiber = yield* Effect.fork(job.write)
      yield* cluster.nodes[1].awaitCommand(isWrite, 41)
      cluster.assign(
        Array.from({ length: 16384 }, (_, slot) => slot).filter((slot) => cluster.owner(slot) === 1),
        0
      )
      yield* Fiber.join(fiber)
      expect(wrongIn(cluster.stores, settings)).toEqual(NOTHING_WRONG)
      const { acknowledged, errors, resent } = fillDocument(job.report())
      expect([acknowledged, errors]).toEqual([300_000, {}])
      expect(resent).toBeGreaterThan(0)
      expect(resent).toBeLessThanOrEqual(2 * 8192)
    }).pipe(Effect.scoped)
  )

  it.live("writes to one node at a time when it is serial", () =>
    Effect.gen(function* () {
      let most = 0
      const isWriting = ({ commands, isOpen }: FakeConnection): boolean => isOpen && commands.some(isWrite)
      const cluster = yield* FakeCluster.make(3, (command, connection) => {
        if (isWrite(command) && !connection.commands.slice(0, -1).some(isWrite)) {
          most = Math.max(most, writers().filter(isWriting).length)
        }
        return undefined
      })
      const writers = () =>
        cluster.nodes
          .flatMap(({ connections }) => connections)
          .filter(({ commands }) => commands.some(isWrite))
      const settings = settingsOf(20_000, { isCluster: true, connections: 1 })
      const job = yield* fillJob(settings, yield* clusterClient(cluster))
      yield* job.write
      expect(wrongIn(cluster.stores, settings)).toEqual(NOTHING_WRONG)
      expect(writers().length).toBe(3)
      // The one before may be seen to close a moment later.
      expect(most).toBeLessThanOrEqual(2)
    }).pipe(Effect.scoped)
  )
})

describe("reading back", () => {
  it.live("tells missing and different keys from those that are there", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const settings = settingsOf(20_000, { isCluster: true })
      const job = yield* fillJob(settings, yield* clusterClient(cluster))
      yield* job.write
      yield* job.verify
      expect(fillDocument(job.report())["verify"]).toMatchObject({ keys: 20_000, present: 20_000 })
      const [first, second, third] = cluster.stores[1].entries.keys()
      cluster.stores[1].entries.delete(first)
      cluster.stores[1].entries.set(second, Buffer.alloc(30, "x"))
      cluster.stores[1].entries.set(third, Buffer.from("short"))
      const failure = yield* Effect.flip(job.verify)
      expect(failure).toMatchObject({ tag: "VerifyFailed" })
      expect(failure.message).toMatch(/of 20000 keys 1 are missing and 2 have another value/)
      expect(fillDocument(job.report())["verify"]).toMatchObject({
        keys: 20_000,
        present: 19_997,
        missing: 1,
        different: 2
      })
    }).pipe(Effect.scoped)
  )

  it.live("follows slots that are moving, and those that have moved", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const settings = settingsOf(40_000, { isCluster: true })
      const job = yield* fillJob(settings, yield* clusterClient(cluster))
      yield* job.write
      cluster.beginMigration(0, 1)
      const moving = Array.from(cluster.stores[0].entries.keys()).find((key) => key.startsWith("{06S}"))
      if (moving !== undefined) cluster.migrateKey(moving)
      cluster.assign(
        Array.from({ length: 1000 }, (_, slot) => 100 + slot),
        2
      )
      yield* job.verify
      expect(fillDocument(job.report())["verify"]).toMatchObject({ keys: 40_000, present: 40_000 })
    }).pipe(Effect.scoped)
  )
})

describe("a fill without replies", () => {
  /** A node that counts as a server does. */
  const counting = (store: FakeStore, refuse: (command: FakeCommand) => boolean): FakeScript => {
    let calls = 0
    let rejected = 0
    return (command, connection) => {
      if (command[0] === "INFO") {
        return Resp.bulkString(
          `run_id:abc\r\nevicted_keys:0\r\ncmdstat_mset:calls=${calls},usec=1,rejected_calls=${rejected},failed_calls=0\r\n` +
            `errorstat_OOM:count=${rejected}\r\n`
        )
      }
      if (!isWrite(command)) return store.run(command, connection.bytes)
      if (refuse(command)) {
        rejected++
        return OOM
      }
      calls++
      return store.run(command, connection.bytes)
    }
  }

  it.live("ends when the server has executed everything, and acknowledges nothing", () =>
    Effect.gen(function* () {
      const store = new FakeStore()
      const node = yield* FakeNode.make(counting(store, () => false))
      const settings = settingsOf(20_000, { replies: "off" })
      const job = yield* fillJob(settings, yield* standaloneClient(node))
      yield* job.write
      expect(wrongIn([store], settings)).toEqual(NOTHING_WRONG)
      expect(fillDocument(job.report())).toMatchObject({
        keys: 20_000,
        acknowledged: null,
        nodes: [{ keys: 20_000 }],
        errors: {}
      })
    }).pipe(Effect.scoped)
  )

  it.live("finds out by the server's counters that something was refused", () =>
    Effect.gen(function* () {
      const store = new FakeStore()
      let writes = 0
      const node = yield* FakeNode.make(counting(store, () => ++writes === 7))
      const job = yield* fillJob(settingsOf(20_000, { replies: "off" }), yield* standaloneClient(node))
      const failure = yield* Effect.flip(job.write)
      expect(failure).toMatchObject({ tag: "Shortfall", node: node.address })
      expect(failure.message).toMatch(
        /refused 1 of \d+ commands \(OOM 1\); run it again with --replies on --seed 1/
      )
      expect(fillDocument(job.report())).toMatchObject({ acknowledged: null, errors: { OOM: 1 } })
    }).pipe(Effect.scoped)
  )

  it.live("does all of a lost connection's work again", () =>
    Effect.gen(function* () {
      const store = new FakeStore()
      let writes = 0
      const node = yield* FakeNode.make(
        counting(store, () => {
          if (++writes === 40) node.destroyConnections()
          return false
        })
      )
      const settings = settingsOf(40_000, { replies: "off" })
      const job = yield* fillJob(settings, yield* standaloneClient(node))
      yield* job.write
      expect(wrongIn([store], settings)).toEqual(NOTHING_WRONG)
      expect(fillDocument(job.report())).toMatchObject({ nodes: [{ keys: 40_000 }] })
    }).pipe(Effect.scoped)
  )
})
