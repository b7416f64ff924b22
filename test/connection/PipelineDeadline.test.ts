import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Pipeline } from "../../src/connection/Pipeline.ts"
import { PipelineFailure } from "../../src/connection/PipelineFailure.ts"
import type { RespValue } from "../../src/protocol/Resp.ts"
import { ManualSocket } from "./ManualSocket.ts"

const TIMEOUT = 1000

const open = () => {
  const socket = new ManualSocket()
  const pipeline = new Pipeline(socket, { maxPending: 1000, commandTimeout: TIMEOUT })
  const outcomes: Array<RespValue | PipelineFailure> = []
  const settle = (outcome: RespValue | PipelineFailure): void => void outcomes.push(outcome)
  return {
    socket,
    pipeline,
    outcomes,
    submit: (...args: Array<string>) => pipeline.submit(args, settle),
    submitPatient: (...args: Array<string>) => pipeline.submitPatient(args, settle)
  }
}

describe("Pipeline: the deadline", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it("gives a silent connection up after the timeout, at most a quarter late", async () => {
    const { outcomes, pipeline, socket, submit } = open()
    submit("INCR", "n")
    submit("GET", "a")
    await new Promise(setImmediate)
    vi.advanceTimersByTime(TIMEOUT)
    expect(pipeline.isOpen).toBe(true)
    vi.advanceTimersByTime(TIMEOUT / 4)
    expect(pipeline.isOpen).toBe(false)
    expect(socket.destroyed).toBe(true)
    const silent = new PipelineFailure("Timeout", "maybe", "INCR was not answered within 1000 ms")
    expect(outcomes).toEqual([silent, silent])
  })

  it("watches the oldest command, not the latest: a busy connection that falls silent is noticed as soon", () => {
    const { pipeline, socket, submit } = open()
    submit("GET", "first")
    for (let turn = 0; turn < 6; turn++) {
      vi.advanceTimersByTime(TIMEOUT / 8)
      submit("GET", "later")
    }
    vi.advanceTimersByTime(TIMEOUT / 2)
    expect(pipeline.isOpen).toBe(false)
    expect(socket.destroyed).toBe(true)
  })

  it("leaves a connection alone that answers slowly but surely", () => {
    const { outcomes, pipeline, socket, submit } = open()
    submit("GET", "a")
    for (let turn = 0; turn < 40; turn++) {
      vi.advanceTimersByTime(TIMEOUT / 2)
      submit("GET", "a")
      socket.receive("$1\r\nx\r\n")
    }
    expect(pipeline.isOpen).toBe(true)
    expect(outcomes).toHaveLength(40)
  })

  it("sets no deadline to a command that may block, and one to the command behind it", () => {
    const { pipeline, socket, submit, submitPatient } = open()
    submitPatient("BLPOP", "list", "0")
    vi.advanceTimersByTime(100 * TIMEOUT)
    expect(pipeline.isOpen).toBe(true)
    socket.receive("*-1\r\n")
    submit("GET", "a")
    vi.advanceTimersByTime(2 * TIMEOUT)
    expect(pipeline.isOpen).toBe(false)
  })

  it("has one timer while it is busy and none while it is idle", async () => {
    const { pipeline, socket, submit } = open()
    expect(vi.getTimerCount()).toBe(0)
    submit("GET", "a")
    submit("GET", "b")
    expect(vi.getTimerCount()).toBe(1)
    await new Promise(setImmediate)
    socket.receive("$-1\r\n$-1\r\n")
    vi.advanceTimersByTime(TIMEOUT / 4)
    expect(vi.getTimerCount()).toBe(0)
    submit("GET", "c")
    expect(vi.getTimerCount()).toBe(1)
    pipeline.close("Closed", "done")
    expect(vi.getTimerCount()).toBe(0)
  })

  it("stops its timer when the socket is handed over", () => {
    const { pipeline, socket, submit } = open()
    submit("GET", "a")
    socket.receive("$-1\r\n")
    pipeline.takeSocket()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(10 * TIMEOUT)
    expect(socket.destroyed).toBe(false)
  })
})
