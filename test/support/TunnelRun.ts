/** `tunn` as a process in front of test servers, and plain clients of it. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as net from "node:net"
import type { Sandbox } from "../../src/app/sandbox/Sandbox.ts"
import { type ProgramRun, startProgram } from "./ProgramRun.ts"

export interface Door {
  readonly address: string
  readonly host: string
  readonly port: number
  readonly node: string
}

export interface TunnelRun extends ProgramRun {
  /** The first port. */
  readonly port: number
  readonly doors: ReadonlyArray<Door>
  /** `host:port` of the metrics. */
  readonly metrics: string | null
  /** Waits until something is found in the log. */
  readonly awaitLog: (pattern: RegExp) => Effect.Effect<RegExpExecArray>
}

/** Starts `tunn` in front of the servers, at free ports; the password goes through the environment. */
export const startTunnel = (
  servers: Pick<Sandbox, "mode" | "seed" | "tls" | "password">,
  options: ReadonlyArray<string> = [],
  environment: Readonly<Record<string, string | undefined>> = {}
): Effect.Effect<TunnelRun, never, Scope.Scope> =>
  Effect.gen(function* () {
    const run = yield* startProgram(
      [
        "tunn",
        "-h",
        servers.seed.address,
        "--json",
        ...(servers.mode === "cluster" ? ["-c"] : []),
        ...(servers.tls === undefined ? [] : ["-t", "--cacert", servers.tls.files.ca]),
        ...(options.includes("--listen") ? [] : ["--listen", "0"]),
        ...options
      ],
      {
        REDISCLI_AUTH: servers.password === undefined ? undefined : Redacted.value(servers.password),
        ...environment
      }
    )
    const stdout = yield* run.awaitOutput((stdout) => stdout.includes("\n"))
    const { listen, metrics } = JSON.parse(stdout.split("\n")[0]) as {
      readonly listen: ReadonlyArray<Door>
      readonly metrics: string | null
    }
    return {
      ...run,
      doors: listen,
      port: listen[0].port,
      metrics,
      awaitLog: (pattern) => {
        let found: RegExpExecArray | null = null
        return Effect.map(
          run.awaitOutput((_, stderr) => (found = pattern.exec(stderr)) !== null),
          () => found!
        )
      }
    }
  })

export interface PlainClient {
  readonly socket: net.Socket
  /** Everything received so far. */
  received(): string
  /** Waits until what was received meets the condition; dies when the connection closes before. */
  readonly until: (condition: (received: string) => boolean) => Effect.Effect<string>
  /** Sends, and waits for so many more bytes of exactly that. */
  readonly ask: (request: string, reply: string) => Effect.Effect<string>
  /** Waits until the connection has closed; everything received. */
  readonly end: Effect.Effect<string>
}

/** A client that knows nothing but bytes. */
export const plainClient = (
  port: number,
  connect: (port: number) => net.Socket = (port) => net.connect(port, "127.0.0.1")
): Effect.Effect<PlainClient, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => connect(port)),
      (socket) => Effect.sync(() => socket.destroy())
    ),
    (socket) => {
      let received = ""
      let isClosed = false
      const watchers = new Set<() => void>()
      const notify = (): void => watchers.forEach((watcher) => watcher())
      socket.setEncoding("latin1")
      socket.on("data", (chunk: string) => {
        received += chunk
        notify()
      })
      socket.on("error", () => {})
      socket.on("close", () => {
        isClosed = true
        notify()
      })
      const until = (condition: (received: string) => boolean): Effect.Effect<string> =>
        Effect.async((resume) => {
          const watcher = (): void => {
            if (!condition(received)) {
              if (!isClosed) return
              watchers.delete(watcher)
              return resume(Effect.dieMessage(`the connection closed after ${JSON.stringify(received)}`))
            }
            watchers.delete(watcher)
            resume(Effect.succeed(received))
          }
          watchers.add(watcher)
          watcher()
          return Effect.sync(() => watchers.delete(watcher))
        })
      return {
        socket,
        received: () => received,
        until,
        ask: (request, reply) =>
          Effect.suspend(() => {
            const start = received.length
            socket.write(request, "latin1")
            return Effect.map(
              until((all) => all.length >= start + Buffer.byteLength(reply, "latin1")),
              (all) => all.slice(start)
            )
          }),
        end: Effect.async((resume) => {
          const watcher = (): void => {
            if (!isClosed) return
            watchers.delete(watcher)
            resume(Effect.succeed(received))
          }
          watchers.add(watcher)
          watcher()
        })
      }
    }
  )
