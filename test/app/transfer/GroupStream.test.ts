import type { Duplex } from "node:stream"
import { afterEach, describe, expect, it, vi } from "vitest"
import { GroupStream } from "../../../src/app/transfer/GroupStream.ts"
import type { GroupStreamOptions, StreamEnd } from "../../../src/app/transfer/GroupStreamOptions.ts"
import { DataSet } from "../../../src/dataset/DataSet.ts"
import { FillReplies } from "../../../src/dataset/FillReplies.ts"
import { type GroupCursor, RangeCursor } from "../../../src/dataset/GroupCursor.ts"
import { GroupFormat } from "../../../src/dataset/GroupFormat.ts"
import { slotOfIndex } from "../../../src/dataset/KeyFormat.ts"
import { type RespValue, text } from "../../../src/protocol/Resp.ts"
import { keysOfCommand, ScriptedPeer } from "./ScriptedPeer.ts"

const set = new DataSet({ seed: 1, keySize: 20, valueSize: 30 })
const format = new GroupFormat(set, { _tag: "Write" })

const start = (options: Partial<GroupStreamOptions> = {}) => {
  const peer = new ScriptedPeer()
  const ends: Array<StreamEnd> = []
  const acknowledged: Array<number> = []
  const refused: Array<readonly [first: number, keys: number, reply: string | undefined]> = []
  let wake = (): void => {}
  const indexes = (first: number, keys: number) => Array.from({ length: keys }, (_, key) => first + key)
  const stream = new GroupStream({
    // The types of node say of Duplex what TypeScript's exact optional properties do not let a subclass say.
    socket: peer as Duplex,
    format,
    stride: 1,
    sizes: { windowKeys: 20, flightKeys: 20, groupKeys: 5, batchBytes: format.groupLength(5) * 3 },
    replies: "on",
    silenceTimeout: 10_000,
    makeReplies: (pending) =>
      new FillReplies(pending, format, 1, {
        onAcknowledged: (first, keys) => acknowledged.push(...indexes(first, keys)),
        onRefused: (first, keys, reply: RespValue) => refused.push([first, keys, text(reply)])
      }),
    onSent: () => {},
    onEnd: (end) => {
      ends.push(end)
      wake()
    },
    ...options
  })
  const ended = () => (ends.length > 0 ? Promise.resolve() : new Promise<void>((resolve) => (wake = resolve)))
  return { acknowledged, ended, ends, peer, refused, stream }
}

/** Until the peer has read all that the stream wants to send. */
const settled = async (peer: ScriptedPeer): Promise<void> => {
  for (let before = -1; before !== peer.commands.length;) {
    before = peer.commands.length
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
}

const allKeys = (from: number, to: number): Array<string> =>
  Array.from({ length: to - from }, (_, key) => set.key(from + key).toString())

const unansweredKeys = (peer: ScriptedPeer): number => peer.unanswered.flatMap(keysOfCommand).length

const remaining = (cursors: ReadonlyArray<GroupCursor>): Array<number> => {
  const indexes: Array<number> = []
  for (const cursor of cursors) {
    for (; cursor.keys > 0; cursor.advance()) {
      for (let key = 0; key < cursor.keys; key++) indexes.push(cursor.first + key)
    }
  }
  return indexes
}

const OFF = ["CLIENT", "REPLY", "OFF"]
const ON = ["CLIENT", "REPLY", "ON"]

afterEach(() => {
  vi.useRealTimers()
})

describe("a stream", () => {
  it("sends every key once, in order, and ends when the last is acknowledged", async () => {
    const { acknowledged, ended, ends, peer, stream } = start()
    peer.onCommand = () => setImmediate(() => peer.answer())
    stream.assign([new RangeCursor(0, 103, 5), new RangeCursor(200, 207, 5)])
    await ended()
    expect(ends).toEqual([{ _tag: "Drained" }])
    expect(peer.commands.flatMap(keysOfCommand)).toEqual([...allKeys(0, 103), ...allKeys(200, 207)])
    expect(acknowledged).toEqual(remaining([new RangeCursor(0, 103, 5), new RangeCursor(200, 207, 5)]))
    expect(stream.assign([new RangeCursor(0, 1, 1)])).toBe(false)
  })

  it("never has more than its window unacknowledged", async () => {
    const { ended, peer, stream } = start()
    stream.assign([new RangeCursor(0, 100, 5)])
    await settled(peer)
    expect(unansweredKeys(peer)).toBe(20)
    peer.answer("+OK\r\n", 1)
    await settled(peer)
    expect(unansweredKeys(peer)).toBe(20)
    peer.onCommand = () => {
      expect(unansweredKeys(peer)).toBeLessThanOrEqual(20)
      setImmediate(() => peer.answer("+OK\r\n", Math.min(1, peer.unanswered.length)))
    }
    peer.answer()
    await ended()
    expect(peer.commands.flatMap(keysOfCommand)).toEqual(allKeys(0, 100))
  })

  it("has no more than a flight unanswered, and room for more in its window", async () => {
    // Every answer comes at once: on a busy machine a flight may grow.
    vi.useFakeTimers({ toFake: ["performance"] })
    const sizes = { windowKeys: 40, flightKeys: 20, groupKeys: 5, batchBytes: format.groupLength(5) * 3 }
    const { ended, peer, stream } = start({ sizes })
    stream.assign([new RangeCursor(0, 200, 5)])
    await settled(peer)
    expect(unansweredKeys(peer)).toBe(20)
    stream.hold(20)
    peer.answer()
    await settled(peer)
    expect([peer.commands.flatMap(keysOfCommand).length, unansweredKeys(peer)]).toEqual([40, 20])
    stream.hold(20)
    peer.answer()
    await settled(peer)
    expect([peer.commands.flatMap(keysOfCommand).length, unansweredKeys(peer)]).toEqual([40, 0])
    peer.onCommand = () => setImmediate(() => peer.answer())
    stream.settle(40)
    await ended()
    expect(peer.commands.flatMap(keysOfCommand)).toEqual(allKeys(0, 200))
  })

  it("does not touch bytes that the system has not taken yet", async () => {
    const { ended, peer, stream } = start()
    peer.stall()
    stream.assign([new RangeCursor(0, 60, 5)])
    await settled(peer)
    expect(peer.commands).toEqual([])
    peer.onCommand = () => setImmediate(() => peer.answer())
    peer.goOn()
    await ended()
    expect(peer.commands.flatMap(keysOfCommand)).toEqual(allKeys(0, 60))
  })

  it("keeps refused keys in its window until they are settled elsewhere", async () => {
    const { acknowledged, ended, peer, refused, stream } = start()
    stream.assign([new RangeCursor(0, 60, 5)])
    await settled(peer)
    stream.hold(20)
    peer.answer("-OOM no\r\n")
    await settled(peer)
    expect(refused).toEqual([0, 5, 10, 15].map((first) => [first, 5, "OOM no"]))
    expect(peer.commands.length).toBe(4)
    stream.settle(20)
    peer.onCommand = () => setImmediate(() => peer.answer())
    await settled(peer)
    await ended()
    expect(acknowledged).toEqual(remaining([new RangeCursor(20, 60, 5)]))
  })

  it("says, when the connection ends, what was not answered and what was not sent", async () => {
    for (const cut of [
      (peer: ScriptedPeer) => peer.emit("close"),
      (peer: ScriptedPeer) => peer.emit("end"),
      (peer: ScriptedPeer) => peer.emit("error", new Error("read ECONNRESET"))
    ]) {
      const { acknowledged, ends, peer, stream } = start()
      stream.assign([new RangeCursor(0, 100, 5)])
      await settled(peer)
      peer.answer("+OK\r\n", 2)
      cut(peer)
      cut(peer)
      expect(ends.length).toBe(1)
      expect(ends[0]).toMatchObject({ _tag: "Lost", detail: expect.stringMatching(/closed|ECONNRESET/) })
      const unanswered = stream.takeUnanswered()
      expect([...acknowledged, ...remaining([unanswered, ...stream.takeWork()])]).toEqual(
        remaining([new RangeCursor(0, 100, 5)])
      )
    }
  })

  it("is lost when a write fails", async () => {
    const { ended, ends, peer, stream } = start()
    peer.stall()
    stream.assign([new RangeCursor(0, 5, 5)])
    await settled(peer)
    peer.failWrite("write EPIPE")
    await ended()
    expect(ends).toEqual([{ _tag: "Lost", detail: "write EPIPE" }])
    expect(stream.takeUnanswered().remainingKeys).toBe(5)
  })

  it("is lost when an answer does not come in time, and not while it has nothing to wait for", async () => {
    const { ended, ends, peer, stream } = start({ silenceTimeout: 60 })
    stream.assign([new RangeCursor(0, 5, 5)])
    await settled(peer)
    stream.hold(5)
    peer.answer("-LOADING wait\r\n")
    expect(ends).toEqual([{ _tag: "Drained" }])

    const silent = start({ silenceTimeout: 60 })
    silent.stream.hold(20)
    silent.stream.assign([new RangeCursor(0, 40, 5)])
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(silent.ends).toEqual([])
    silent.stream.settle(20)
    await silent.ended()
    expect(silent.ends).toEqual([{ _tag: "Lost", detail: "no sign of life for 0.06 s" }])
    await ended()
  })

  it("is lost when a peer that takes no bytes gives no sign of life", async () => {
    const { ended, ends, peer, stream } = start({ silenceTimeout: 60, replies: "off" })
    peer.stall()
    stream.assign([new RangeCursor(0, 5, 5)])
    await ended()
    expect(ends).toEqual([{ _tag: "Lost", detail: "no sign of life for 0.06 s" }])
  })

  it("is lost when a reply fits no command", async () => {
    const { ended, ends, peer, stream } = start()
    stream.assign([new RangeCursor(0, 5, 5)])
    await settled(peer)
    peer.receive("+OK\r\n+OK\r\n")
    await ended()
    expect(ends).toEqual([{ _tag: "Lost", detail: "it sent more replies than it was sent commands" }])
  })

  it("stops when told to: what was sent is answered, the rest is not sent", async () => {
    const { acknowledged, ended, ends, peer, stream } = start()
    stream.assign([new RangeCursor(0, 100, 5)])
    await settled(peer)
    stream.stop()
    expect(stream.assign([new RangeCursor(0, 1, 1)])).toBe(false)
    await settled(peer)
    expect(ends).toEqual([])
    peer.answer()
    await ended()
    expect(ends).toEqual([{ _tag: "Stopped" }])
    expect(acknowledged.length).toBe(20)
    expect(remaining(stream.takeWork())).toEqual(remaining([new RangeCursor(20, 100, 5)]))
  })

  it("gives work on other nodes' slots back, and keeps its own", async () => {
    const { peer, stream } = start()
    // Held, so that nothing is sent before the work is divided.
    stream.hold(20)
    stream.assign([new RangeCursor(0, 10, 5), new RangeCursor(40, 45, 5)])
    const owner = (slot: number) => (slot === slotOfIndex(0) ? "here" : "there")
    const released = stream.release(owner, "here")
    expect(Array.from(released.keys())).toEqual(["there"])
    expect(remaining(released.get("there") ?? [])).toEqual(remaining([new RangeCursor(40, 45, 5)]))
    stream.settle(20)
    await settled(peer)
    expect(peer.commands.flatMap(keysOfCommand)).toEqual(allKeys(0, 10))
  })
})

describe("a stream without replies", () => {
  it("turns them off, sends all, turns them on, and ends with the answer to that", async () => {
    const { ended, ends, peer, stream } = start({ replies: "off" })
    stream.assign([new RangeCursor(0, 100, 5)])
    await settled(peer)
    expect(peer.commands[0]).toEqual(OFF)
    expect(peer.commands.slice(1, -1).flatMap(keysOfCommand)).toEqual(allKeys(0, 100))
    expect(peer.commands.at(-1)).toEqual(ON)
    expect(ends).toEqual([])
    expect(stream.assign([new RangeCursor(0, 1, 1)])).toBe(false)
    peer.receive("+O")
    expect(ends).toEqual([])
    peer.receive("K\r\n")
    await ended()
    expect(ends).toEqual([{ _tag: "Drained" }])
  })

  it("is lost when something else is answered", async () => {
    const { ended, ends, peer, stream } = start({ replies: "off" })
    stream.assign([new RangeCursor(0, 100, 5)])
    peer.receive("-ERR what\r\n")
    await ended()
    expect(ends).toEqual([{ _tag: "Lost", detail: "it sent a reply that was not asked for" }])
  })
})
