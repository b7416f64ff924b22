/** The clock is the test's: a token's life passes at once. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { ConnectionError } from "../../src/connection/ConnectionError.ts"
import type { ConnectionOptions } from "../../src/connection/ConnectionOptions.ts"
import * as SharedConnection from "../../src/connection/SharedConnection.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { FakeNode } from "../support/FakeNode.ts"

/** Credentials that are others each time, and live for ten minutes. */
const renewing = (node: FakeNode) => {
  let turn = 0
  return Effect.sync((): ConnectionOptions => ({
    host: node.host,
    port: node.port,
    credentials: { username: "app", password: Redacted.make(`token-${++turn}`), timeToLive: "10 minutes" }
  }))
}

const tokens = (node: FakeNode): ReadonlyArray<string | undefined> =>
  node.commands
    .filter(([name]) => name === "HELLO" || name === "AUTH")
    .map((command) => command[command.length - 1])

describe("Reauthentication", () => {
  it.scoped("renews credentials on the same connection before they expire", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const shared = yield* SharedConnection.make(node.address, renewing(node), "1 seconds")
      yield* shared.get
      expect(tokens(node)).toEqual(["token-1"])
      for (const turn of [1, 2]) {
        yield* TestClock.adjust("9 minutes")
        yield* node.awaitCommand("AUTH", turn)
        yield* Effect.flatMap(shared.get, ({ execute }) => execute("PING"))
      }
      expect(tokens(node)).toEqual(["token-1", "token-2", "token-3"])
      expect(node.received("AUTH")[0]).toEqual(["AUTH", "app", "token-2"])
      expect(node.connections).toHaveLength(1)
    })
  )

  it.scoped("gives the connection up when the new credentials are refused", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) =>
        name === "AUTH" ? Resp.simpleError("WRONGPASS invalid username-password pair") : undefined
      )
      const shared = yield* SharedConnection.make(node.address, renewing(node), "1 seconds")
      const { pipeline } = yield* shared.get
      yield* TestClock.adjust("9 minutes")
      yield* node.awaitConnections((open) => open === 0)
      expect(pipeline.isOpen).toBe(false)
      expect(shared.unsafePipeline()).toBeUndefined()
    })
  )

  it.scoped("gives the connection up when there are no new credentials", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const first = renewing(node)
      const refused = new ConnectionError({
        reason: "Auth",
        sent: "no",
        node: node.address,
        command: "AUTH",
        detail: "no token"
      })
      let isFirst = true
      const options = Effect.suspend(() => {
        const now = isFirst ? first : Effect.fail(refused)
        isFirst = false
        return now
      })
      const shared = yield* SharedConnection.make(node.address, options, "1 seconds")
      yield* shared.get
      yield* TestClock.adjust("9 minutes")
      yield* node.awaitConnections((open) => open === 0)
      expect(yield* Effect.flip(shared.get)).toBe(refused)
    })
  )

  it.scoped("renews nothing for a connection that has been lost", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      let evaluations = 0
      const options = Effect.tap(renewing(node), () => Effect.sync(() => void evaluations++))
      const shared = yield* SharedConnection.make(node.address, options, "1 seconds")
      const first = yield* shared.get
      node.destroyConnections()
      yield* Effect.flip(first.execute("GET", "a"))
      yield* shared.get
      expect(evaluations).toBe(2)
      yield* TestClock.adjust("9 minutes")
      yield* node.awaitCommand("AUTH")
      expect(evaluations).toBe(3)
    })
  )

  it.scoped("leaves credentials alone that do not expire", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const options = Effect.map(renewing(node), ({ credentials, ...others }) => ({
        ...others,
        credentials: { ...credentials!, timeToLive: undefined }
      }))
      const shared = yield* SharedConnection.make(node.address, options, "1 seconds")
      yield* shared.get
      yield* TestClock.adjust("1000 days")
      yield* Effect.flatMap(shared.get, ({ execute }) => execute("PING"))
      expect(tokens(node)).toEqual(["token-1"])
    })
  )
})
