/** What connections cost while nobody uses them, and that nothing of them is left afterwards. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import { type ChildProcess, spawn } from "node:child_process"
import * as SharedConnection from "../../src/connection/SharedConnection.ts"
import { collectGarbage } from "../support/Memory.ts"

const CONNECTIONS = 200
const MOST_BYTES_PER_CONNECTION = 20 * 1024
/** Sweeps four times as often, and so falls idle soon. */
const COMMAND_TIMEOUT_MS = 200

/** In a process of its own, so that its half of the sockets is not counted as ours. */
const SERVER = `
  const server = require("node:net").createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {})
    let text = ""
    socket.on("data", (chunk) => {
      text += chunk
      let end = 0
      let replies = ""
      for (const { index, 0: word, 1: name } of text.matchAll(/\\r\\n(HELLO|CLIENT|ECHO|PING)\\r\\n/g)) {
        end = index + word.length
        replies += name === "HELLO" ? "%1\\r\\n+proto\\r\\n:3\\r\\n" : "+OK\\r\\n"
      }
      text = text.slice(end)
      socket.write(replies)
    })
  })
  server.listen(0, "127.0.0.1", () => process.stdout.write(String(server.address().port)))
`

const serverProcess = Effect.acquireRelease(
  Effect.async<{ readonly port: number; readonly child: ChildProcess }>((resume) => {
    const child = spawn(process.execPath, ["-e", SERVER], { stdio: ["ignore", "pipe", "inherit"] })
    child.stdout.once("data", (port) => resume(Effect.succeed({ port: Number(String(port)), child })))
  }),
  ({ child }) => Effect.sync(() => child.kill())
)

const usedBytes = (): number => {
  collectGarbage()
  const { external, heapUsed } = process.memoryUsage()
  return heapUsed + external
}

const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length

describe("Connections: what they hold", () => {
  it.scopedLive("at most 20 KB each while idle, also after a burst", () =>
    Effect.gen(function* () {
      const { port } = yield* serverProcess
      const open = (scope: Scope.Scope) =>
        Effect.gen(function* () {
          const shared = yield* SharedConnection.make(
            `127.0.0.1:${port}`,
            Effect.succeed({ host: "127.0.0.1", port, commandTimeout: COMMAND_TIMEOUT_MS }),
            "1 seconds"
          )
          const connection = yield* shared.get
          // 100 KB on their way at once, which the buffers and the queue have to grow for.
          yield* connection.executeMany(Array.from({ length: 100 }, () => ["ECHO", "x".repeat(1000)]))
          return shared
        }).pipe(Scope.extend(scope))
      const scope = yield* Effect.scope
      // What the first connection loads and compiles is no cost of the others.
      const warm = [yield* open(scope), yield* open(scope)]
      yield* idle(warm)
      const before = usedBytes()
      const connections = yield* Effect.replicateEffect(open(scope), CONNECTIONS, { concurrency: 20 })
      yield* idle(connections)
      const perConnection = (usedBytes() - before) / CONNECTIONS
      expect(perConnection).toBeLessThan(MOST_BYTES_PER_CONNECTION)
      // Far below it, something is not counted.
      expect(perConnection).toBeGreaterThan(1024)
    })
  )

  it.live("no socket, no timer, no memory when their scope has closed", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { port } = yield* serverProcess
        const round = Effect.gen(function* () {
          const scope = yield* Scope.make()
          const shared = yield* Effect.replicateEffect(
            SharedConnection.make(
              `127.0.0.1:${port}`,
              Effect.succeed({ host: "127.0.0.1", port }),
              "1 seconds"
            ),
            20
          ).pipe(Scope.extend(scope))
          yield* Effect.forEach(shared, ({ get }) => Effect.flatMap(get, ({ execute }) => execute("PING")))
          expect(openSockets()).toBe(20)
          yield* Scope.close(scope, Exit.void)
          yield* Effect.sync(openSockets).pipe(
            Effect.repeat({ until: (count) => count === 0, schedule: Schedule.spaced(1) })
          )
        })
        const timers = process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length
        yield* Effect.repeatN(round, 2)
        const before = usedBytes()
        yield* Effect.repeatN(round, 4)
        // One that is kept costs four times as much.
        expect((usedBytes() - before) / 100).toBeLessThan(4096)
        expect(
          process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length
        ).toBeLessThanOrEqual(timers)
      })
    )
  )
})

/** The sweep that follows the last reply has given back what a burst has grown. */
const idle = (connections: ReadonlyArray<SharedConnection.SharedConnection>): Effect.Effect<void> =>
  Effect.zipRight(
    Effect.sync(() =>
      connections.some(({ pipelines }) => pipelines().some(({ pending }) => pending > 0))
    ).pipe(Effect.repeat({ while: (isBusy) => isBusy, schedule: Schedule.spaced(1) })),
    Effect.sleep(COMMAND_TIMEOUT_MS / 2)
  )
