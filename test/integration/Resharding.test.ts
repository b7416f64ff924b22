/** Slots that move by hand under the client: real ASK, TRYAGAIN and MOVED, followed. */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import { findNodeForSlot } from "../../src/protocol/ClusterTopology.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { slotTag } from "../../src/protocol/SlotTags.ts"
import { answerOf, TestCluster, THREE_MASTERS } from "../support/TestCluster.ts"

/** A slot that nobody has moved yet, a client that knows it, and what it has sent. */
const setting = (index: number) =>
  Effect.gen(function* () {
    const cluster = yield* TestCluster
    yield* cluster.flush
    const client = yield* ClusterClient.make({ seeds: [cluster.seed], topologyRefreshInterval: "1 hours" })
    const [from, to] = cluster.masters
    const slot = from.slots[0][0] + index
    const key = (name: string | number): string => `{${slotTag(slot)}}${name}`
    const keys = Array.from({ length: 20 }, (_, number) => key(number))
    yield* client.executeMany(keys.map((each) => ["SET", each, each]))
    yield* client.executeMany(cluster.masters.map((_, number) => ["GET", `warm${number}`]))
    /** How many keys of the slot a master holds. */
    const held = (node: typeof from) =>
      Effect.map(answerOf(node, "CLUSTER", "COUNTKEYSINSLOT", slot), ({ value }) => Number(value))
    return { cluster, client, from, to, slot, key, keys, held }
  })

/** How often a node has been asked to run the command, in all. */
const calls = (node: Parameters<typeof answerOf>[0], command: string) =>
  Effect.map(answerOf(node, "INFO", "commandstats"), (info) =>
    Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(Resp.text(info) ?? "")?.[1] ?? 0)
  )

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true, timeout: "60 seconds" })(
  "while a slot moves",
  (it) => {
    it.scoped("ASK is followed for the keys that are gone, and the topology stays", () =>
      Effect.gen(function* () {
        const { client, cluster, from, held, key, keys, slot, to } = yield* setting(0)
        const before = yield* client.topology
        const asking = yield* calls(to, "asking")
        const move = yield* cluster.beginMove(slot, from, to)
        expect(yield* move.migrateKeys(8)).toBe(8)
        expect([yield* held(from), yield* held(to)]).toEqual([12, 8])
        for (const each of keys) expect(Resp.text(yield* client.execute("GET", each))).toBe(each)
        expect((yield* calls(to, "asking")) - asking).toBe(8)
        // A new key belongs to the target.
        expect(yield* client.execute("SET", key("new"), "1")).toEqual(Resp.ok)
        expect([yield* held(from), yield* held(to)]).toEqual([12, 9])
        expect(yield* client.topology).toBe(before)

        const source = yield* Effect.flip(client.executeOn(from.address, "GET", key("new")))
        expect(source).toMatchObject({
          _tag: "AskError",
          redirection: { slot, host: to.server.host, port: to.server.port }
        })

        yield* move.finish
        expect([yield* held(from), yield* held(to)]).toEqual([0, 21])
        // Now it is MOVED, once: the second GET goes to the new owner at once.
        expect(Resp.text(yield* client.execute("GET", keys[0]))).toBe(keys[0])
        expect(findNodeForSlot(yield* client.topology, slot)?.id).toBe(to.id)
        const gets = yield* calls(from, "get")
        for (const each of keys) expect(Resp.text(yield* client.execute("GET", each))).toBe(each)
        expect(yield* calls(from, "get")).toBe(gets)
        expect(yield* Effect.flip(client.executeOn(from.address, "GET", keys[0]))).toMatchObject({
          _tag: "MovedError",
          redirection: { slot, port: to.server.port }
        })
      })
    )

    it.scoped("a batch finds every key, wherever it is at the moment", () =>
      Effect.gen(function* () {
        const { client, cluster, from, keys, slot, to } = yield* setting(1)
        const move = yield* cluster.beginMove(slot, from, to)
        yield* move.migrateKeys(7)
        const during = yield* client.executeMany(keys.map((each) => ["GET", each]))
        expect(during.map((result) => Resp.text(Either.getOrThrow(result)))).toEqual(keys)
        yield* move.finish
        const after = yield* client.executeMany(keys.map((each) => ["GET", each]))
        expect(after.map((result) => Resp.text(Either.getOrThrow(result)))).toEqual(keys)
      })
    )

    it.scoped("a command that cannot be divided waits for its keys to be together", () =>
      Effect.gen(function* () {
        const { client, cluster, from, keys, slot, to } = yield* setting(2)
        const move = yield* cluster.beginMove(slot, from, to)
        yield* move.migrateKeys(10)
        const [gone, kept] = yield* Effect.gen(function* () {
          const answers = yield* Effect.forEach(keys, (each) =>
            Effect.either(client.executeOn(from.address, "GET", each))
          )
          return [keys[answers.findIndex(Either.isLeft)], keys[answers.findIndex(Either.isRight)]]
        })
        const impatient = yield* ClusterClient.make({
          seeds: [cluster.seed],
          maxRetries: 2,
          retryDelay: "5 millis"
        })
        // SINTERSTORE reads and writes: only a group of plain keys is ever divided.
        const error = yield* Effect.flip(impatient.execute("RENAMENX", gone, kept))
        expect(error).toMatchObject({
          _tag: "MaxRetriesExceeded",
          attempts: 3,
          command: "RENAMENX",
          lastCause: { _tag: "TryAgainError" }
        })
        const patient = yield* ClusterClient.make({
          seeds: [cluster.seed],
          maxRetries: 20,
          retryDelay: "50 millis"
        })
        const waiting = yield* Effect.fork(patient.execute("RENAMENX", gone, kept))
        yield* Effect.sleep("50 millis")
        yield* move.finish
        expect(yield* Fiber.join(waiting)).toEqual(Resp.integer(0))
      })
    )

    it.scoped("fifty callers count on, and no count is lost or doubled", () =>
      Effect.gen(function* () {
        const { client, cluster, from, key, slot, to } = yield* setting(3)
        const work = { isOver: false, done: 0 }
        const worker = (number: number) =>
          Effect.gen(function* () {
            for (let count = 1; !work.isOver; count++, work.done++) {
              expect((yield* client.execute("INCR", key(`counter${number}`))).value).toBe(count)
            }
          })
        const workers = yield* Effect.forEach(
          Array.from({ length: 50 }, (_, number) => number),
          (number) => Effect.fork(worker(number))
        )
        for (let turn = 0; turn < 3; turn++) {
          yield* cluster.moveSlot(slot, from, to)
          yield* Effect.sleep("20 millis")
          yield* cluster.moveSlot(slot, to, from)
          yield* Effect.sleep("20 millis")
        }
        yield* Effect.sleep("1 millis").pipe(Effect.repeat({ until: () => work.done > 500 }))
        work.isOver = true
        yield* Fiber.joinAll(workers)
      })
    )

    it.scoped("a hundred slots move, and every key is still found", () =>
      Effect.gen(function* () {
        const { client, cluster, from, to } = yield* setting(4)
        const keys = Array.from({ length: 2000 }, (_, index) => `key:${index}`)
        yield* client.executeMany(keys.map((key) => ["SET", key, key]))
        const moving = yield* Effect.fork(cluster.reshard(100, from, to))
        while (moving.unsafePoll() === null) {
          const read = yield* client.executeMany(keys.map((key) => ["GET", key]))
          expect(read.map((result) => Resp.text(Either.getOrThrow(result)))).toEqual(keys)
        }
        const slots = yield* Fiber.join(moving)
        expect(slots).toHaveLength(100)
        yield* client.executeMany(keys.map((key) => ["GET", key]))
        const topology = yield* client.refreshTopology
        for (const slot of slots) expect(findNodeForSlot(topology, slot)?.id).toBe(to.id)
      })
    )
  }
)
