import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { findPorts, portRow } from "../../../src/app/sandbox/FreePort.ts"

const host = "127.0.0.1"

const listener = Effect.acquireRelease(
  Effect.async<{ readonly port: number; readonly close: () => void }>((resume) => {
    const server = createServer().listen(0, host, () =>
      resume(Effect.succeed({ port: (server.address() as AddressInfo).port, close: () => server.close() }))
    )
  }),
  ({ close }) => Effect.sync(close)
)

describe("portRow", () => {
  it("gives consecutive ports and as many bus ports, all of them ports and none twice", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10_001, max: 65_535 }),
        fc.integer({ min: 1, max: 100 }),
        fc.boolean(),
        (first, count, cluster) => {
          const row = portRow({ host, first, count, cluster })
          if (first + count - 1 > 65_535) {
            expect(row).toBeUndefined()
            return
          }
          expect(row?.map(({ port }) => port)).toEqual(
            Array.from({ length: count }, (_, index) => first + index)
          )
          const ports =
            row?.flatMap(({ busPort, port }) => (busPort === undefined ? [port] : [port, busPort])) ?? []
          expect(new Set(ports).size).toBe(count * (cluster ? 2 : 1))
          expect(ports.every((port) => port >= 1 && port <= 65_535)).toBe(true)
        }
      )
    )
  })
})

describe("findPorts", () => {
  it.effect("finds a row below the ports of outgoing connections when any will do", () =>
    Effect.gen(function* () {
      const row = yield* findPorts({ host, first: 0, count: 6, cluster: true })
      expect(row).toHaveLength(6)
      expect(row.every(({ busPort, port }) => busPort === port + 10_000 && busPort < 32_768)).toBe(true)
    })
  )

  it.scoped("names the port that is taken", () =>
    Effect.gen(function* () {
      const { port } = yield* listener
      const error = yield* Effect.flip(findPorts({ host, first: port, count: 1, cluster: false }))
      expect(error).toMatchObject({ _tag: "SandboxError", reason: "Port", node: `${host}:${port}` })
      expect(error.message).toBe(
        `sandbox: no server can listen at port ${port} of ${host}: it is in use; choose another with --port, or --port 0 for any free one`
      )
    })
  )

  it.scoped("names the bus port that is taken, of a cluster alone", () =>
    Effect.gen(function* () {
      // Of the ports that the system gives, one whose client port nobody else has.
      const { first, port } = yield* listener.pipe(
        Effect.map(({ port }) => ({ first: port - 10_000, port })),
        Effect.tap(({ first }) => findPorts({ host, first, count: 1, cluster: false })),
        Effect.eventually
      )
      const error = yield* Effect.flip(findPorts({ host, first, count: 1, cluster: true }))
      expect(error.node).toBe(`${host}:${port}`)
      expect(yield* findPorts({ host, first, count: 1, cluster: false })).toHaveLength(1)
    })
  )

  it.effect("refuses a row that ends above the last port", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(findPorts({ host, first: 65_534, count: 3, cluster: false }))
      expect(error.message).toContain("65535")
    })
  )
})
