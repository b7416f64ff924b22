import { describe, expect, it } from "@effect/vitest"
import { Pipeline } from "../../src/connection/Pipeline.ts"
import { ManualSocket } from "./ManualSocket.ts"

const open = () => {
  const socket = new ManualSocket()
  const pipeline = new Pipeline(socket, { maxPending: 1000, commandTimeout: Infinity })
  return { socket, submit: (): void => pipeline.submit(["PING"], () => {}) }
}

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const nextTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

const ping = "*1\r\n$4\r\nPING\r\n"

describe("Pipeline: when it writes", () => {
  it("waits for the end of the turn after a write of several commands", async () => {
    const { socket, submit } = open()
    submit()
    submit()
    await endOfTurn()
    submit()
    // The replies of another connection may come here, and their callers go on.
    await nextTick()
    submit()
    expect(socket.written).toEqual([ping.repeat(2)])
    await endOfTurn()
    expect(socket.written).toEqual([ping.repeat(2), ping.repeat(2)])
  })

  it("does not wait after a write of one", async () => {
    const { socket, submit } = open()
    submit()
    submit()
    await endOfTurn()
    submit()
    await endOfTurn()
    submit()
    await nextTick()
    expect(socket.written).toEqual([ping.repeat(2), ping, ping])
  })
})
