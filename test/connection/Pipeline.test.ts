import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { Pipeline, type PipelineOptions } from "../../src/connection/Pipeline.ts"
import { PipelineFailure } from "../../src/connection/PipelineFailure.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import type { RespValue } from "../../src/protocol/Resp.ts"
import { chunked, chunkLengths } from "../support/RespArbitrary.ts"
import { ManualSocket } from "./ManualSocket.ts"

type Outcome = RespValue | PipelineFailure

const open = (options: Partial<PipelineOptions> = {}, highWaterMark?: number) => {
  const socket = new ManualSocket(highWaterMark)
  const pipeline = new Pipeline(socket, { maxPending: 1000, commandTimeout: Infinity, ...options })
  const outcomes: Array<Outcome> = []
  const submit = (...args: Array<string>): void => pipeline.submit(args, (outcome) => outcomes.push(outcome))
  return { socket, pipeline, outcomes, submit }
}

/** The ticks and microtasks of this turn of the event loop have run. */
const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const nextTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

const ping = "*1\r\n$4\r\nPING\r\n"
const failures = (outcomes: ReadonlyArray<Outcome>): ReadonlyArray<string> =>
  outcomes.map((outcome) =>
    outcome instanceof PipelineFailure ? `${outcome.reason} ${outcome.sent}` : outcome._tag
  )

describe("Pipeline: writing", () => {
  it("writes the commands of one turn at once, those of its microtasks included", async () => {
    const { socket, submit } = open()
    submit("PING")
    submit("GET", "a")
    void Promise.resolve().then(() => {
      submit("GET", "b")
      void Promise.resolve().then(() => submit("GET", "c"))
    })
    expect(socket.written).toEqual([])
    await endOfTurn()
    const get = (key: string): string => `*2\r\n$3\r\nGET\r\n$1\r\n${key}\r\n`
    expect(socket.written).toEqual([ping + get("a") + get("b") + get("c")])
  })

  it("does not keep a lone caller waiting: no timer, no turn of the event loop", async () => {
    const { socket, submit } = open()
    submit("PING")
    await nextTick()
    expect(socket.written).toEqual([ping])
  })

  it("writes nothing into a full socket, and all that has waited once it drains", async () => {
    const { outcomes, pipeline, socket, submit } = open({}, 1)
    socket.stall()
    submit("PING")
    await endOfTurn()
    for (let turn = 0; turn < 3; turn++) {
      submit("PING")
      submit("PING")
      await endOfTurn()
    }
    expect(socket.written).toEqual([ping])
    socket.resumeReading()
    await endOfTurn()
    expect(socket.written).toEqual([ping, ping.repeat(6)])
    socket.receive("+PONG\r\n".repeat(7))
    expect(outcomes).toEqual(Array(7).fill(Resp.pong))
    expect(pipeline.pending).toBe(0)
  })

  it("says of what a full socket kept back that it was not sent", async () => {
    const { outcomes, socket, submit } = open({}, 1)
    socket.stall()
    submit("INCR", "written")
    await endOfTurn()
    submit("INCR", "waiting")
    submit("INCR", "waiting too")
    await endOfTurn()
    socket.destroy()
    await endOfTurn()
    expect(failures(outcomes)).toEqual(["Closed maybe", "Closed no", "Closed no"])
    expect(socket.written).toHaveLength(1)
  })

  it("says of a command of the very turn in which the connection is lost that it was not sent", () => {
    const { outcomes, pipeline, submit } = open()
    submit("INCR", "n")
    pipeline.close("Closed", "gone")
    expect(failures(outcomes)).toEqual(["Closed no"])
  })

  it("fails at once when as many commands await a reply as may", async () => {
    const { outcomes, socket, submit } = open({ maxPending: 2 })
    submit("PING")
    submit("PING")
    submit("INCR", "n")
    expect(failures(outcomes)).toEqual(["QueueFull no"])
    await endOfTurn()
    expect(socket.written).toEqual([ping + ping])
    socket.receive("+PONG\r\n")
    submit("PING")
    await endOfTurn()
    expect(socket.written).toEqual([ping + ping, ping])
    expect(failures(outcomes)).toEqual(["QueueFull no", "SimpleString"])
  })
})

describe("Pipeline: settling", () => {
  it("settles each command with its own reply, wherever the stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 }),
        chunkLengths,
        (turns, lengths) => {
          const { pipeline, socket } = open()
          const settled: Array<readonly [RespValue["_tag"] | "PipelineFailure", unknown, number]> = []
          let submitted = 0
          for (const count of turns) {
            const first = submitted
            for (let turn = 0; turn < count; turn++, submitted++) {
              pipeline.submit(
                ["ECHO", String(submitted)],
                (outcome, index) => {
                  const value = outcome instanceof PipelineFailure ? outcome : Resp.text(outcome)
                  settled.push([outcome._tag, value, index])
                },
                submitted
              )
            }
            const replies = Array.from({ length: count }, (_, index) => `$4\r\n${first + index + 1000}\r\n`)
            for (const chunk of chunked(Buffer.from(replies.join("")), lengths)) socket.receive(chunk)
          }
          expect(settled).toEqual(
            Array.from({ length: submitted }, (_, index) => ["BulkString", String(index + 1000), index])
          )
          expect(pipeline.pending).toBe(0)
          pipeline.close("Closed", "done")
        }
      ),
      { numRuns: 50 }
    )
  })

  it("gives an error reply as a value", () => {
    const { outcomes, pipeline, socket, submit } = open()
    submit("GET", "list")
    socket.receive("-WRONGTYPE Operation against a key\r\n")
    expect(outcomes).toEqual([Resp.simpleError("WRONGTYPE Operation against a key")])
    expect(pipeline.isOpen).toBe(true)
  })

  it("hands pushed messages over and lets none of them answer a command", () => {
    const pushed: Array<unknown> = []
    const { outcomes, socket, submit } = open({ onPush: (push) => pushed.push(push) })
    const invalidate = ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n"
    socket.receive(invalidate)
    submit("PING")
    submit("ECHO", "x")
    socket.receive(`+PONG\r\n${invalidate}$1\r\nx\r\n`)
    expect(outcomes).toEqual([Resp.pong, Resp.bulkString("x")])
    expect(pushed).toHaveLength(2)
    expect(pushed[0]).toEqual(Resp.push([Resp.bulkString("invalidate"), Resp.array([Resp.bulkString("k")])]))
  })

  it("takes a command submitted while another settles", async () => {
    const { outcomes, pipeline, socket } = open()
    pipeline.submit(["PING"], (outcome) => {
      outcomes.push(outcome)
      pipeline.submit(["PING"], (second) => outcomes.push(second))
    })
    await endOfTurn()
    socket.receive("+PONG\r\n")
    await endOfTurn()
    expect(socket.written).toEqual([ping, ping])
    socket.receive("+PONG\r\n")
    expect(outcomes).toEqual([Resp.pong, Resp.pong])
  })
})

describe("Pipeline: ending", () => {
  const ended: ReadonlyArray<readonly [string, (socket: ManualSocket) => void]> = [
    ["the server closes its side", (socket) => socket.push(null)],
    ["the connection is reset", (socket) => socket.destroy(new Error("read ECONNRESET"))],
    ["the socket is destroyed", (socket) => socket.destroy()]
  ]
  for (const [what, end] of ended) {
    it(`fails all that is pending when ${what}`, async () => {
      const closed: Array<PipelineFailure> = []
      const seen: Array<Outcome> = []
      const { pipeline, socket } = open({ onClose: (failure) => closed.push(failure) })
      for (let index = 0; index < 50; index++) {
        pipeline.submit(
          ["INCR", "n"],
          (outcome, place) => {
            expect(place).toBe(index)
            expect(closed).toHaveLength(0)
            seen.push(outcome)
          },
          index
        )
      }
      await endOfTurn()
      socket.receive(":1\r\n:2\r\n")
      socket.resume()
      end(socket)
      await endOfTurn()
      await endOfTurn()
      expect(failures(seen)).toEqual(["Integer", "Integer", ...Array(48).fill("Closed maybe")])
      expect(pipeline.isOpen).toBe(false)
      expect(pipeline.pending).toBe(0)
      expect(socket.destroyed).toBe(true)
      expect(closed).toHaveLength(1)
    })
  }

  it("says what the system said of a lost connection", async () => {
    const { outcomes, socket, submit } = open()
    submit("PING")
    socket.destroy(new Error("read ECONNRESET"))
    await endOfTurn()
    expect(outcomes[0]).toMatchObject({ reason: "Closed", detail: "read ECONNRESET" })
  })

  it("gives a connection up that answers what nobody asked", async () => {
    const { outcomes, pipeline, socket, submit } = open()
    submit("PING")
    await endOfTurn()
    socket.receive("+PONG\r\n+PONG\r\n")
    expect(failures(outcomes)).toEqual(["SimpleString"])
    expect(pipeline.isOpen).toBe(false)
    expect(socket.destroyed).toBe(true)
    submit("PING")
    expect(outcomes[1]).toMatchObject({
      reason: "Protocol",
      sent: "no",
      detail: "a reply came that no command asked for"
    })
  })

  it("gives a connection up that sends garbage, and says where", async () => {
    const { outcomes, socket, submit } = open()
    submit("INCR", "n")
    submit("INCR", "n")
    await endOfTurn()
    socket.receive(":1\r\nHTTP/1.1 400 Bad Request\r\n")
    expect(failures(outcomes)).toEqual(["Integer", "Protocol maybe"])
    expect((outcomes[1] as PipelineFailure).detail).toMatch(/at byte 4/)
    expect(socket.destroyed).toBe(true)
  })

  it("settles nothing twice: what follows in the chunk in which it ended is ignored", async () => {
    const pushed: Array<unknown> = []
    const { outcomes, pipeline, socket } = open({ onPush: (push) => pushed.push(push) })
    pipeline.submit(["PING"], (outcome) => {
      outcomes.push(outcome)
      pipeline.close("Closed", "enough")
    })
    pipeline.submit(["PING"], (outcome) => outcomes.push(outcome))
    await endOfTurn()
    socket.receive("+PONG\r\n+PONG\r\n>1\r\n+late\r\n+PONG\r\n")
    expect(failures(outcomes)).toEqual(["SimpleString", "Closed maybe"])
    expect(pushed).toEqual([])
  })

  it("refuses what is submitted after the end, also from a callback that learns of it", async () => {
    const { outcomes, pipeline, socket } = open()
    pipeline.submit(["INCR", "n"], (outcome) => {
      outcomes.push(outcome)
      pipeline.submit(["INCR", "n"], (again) => outcomes.push(again))
    })
    await endOfTurn()
    socket.destroy()
    await endOfTurn()
    expect(failures(outcomes)).toEqual(["Closed maybe", "Closed no"])
  })

  it("hands its socket over with nothing of its own left on it", async () => {
    const closed: Array<PipelineFailure> = []
    const { outcomes, pipeline, socket, submit } = open({ onClose: (failure) => closed.push(failure) })
    submit("PING")
    await endOfTurn()
    socket.receive("+PONG\r\n")
    const taken = pipeline.takeSocket()
    expect(taken).toBe(socket)
    for (const event of ["data", "drain", "end", "error"]) expect(socket.listenerCount(event)).toBe(0)
    expect(pipeline.isOpen).toBe(false)
    submit("PING")
    expect(failures(outcomes)).toEqual(["SimpleString", "Closed no"])
    expect(socket.destroyed).toBe(false)
    expect(closed).toEqual([])
  })
})
