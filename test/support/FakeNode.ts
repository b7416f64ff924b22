/**
 * A scripted Redis node for tests: a real TCP (or TLS) server on loopback that
 * records every command, answers by a script, and lives as long as its scope.
 *
 * What the script leaves to it (`undefined`) it answers as a server would, as
 * far as a handshake and CLUSTER SLOTS go: see FakeNodeDefaults.
 *
 * @example
 * const node = yield* FakeNode.make(([name]) => (name === "INCR" ? "close" : undefined))
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Net from "node:net"
import * as Tls from "node:tls"
import { type FakeCommand, FakeConnection, type FakeReply } from "./FakeConnection.ts"
import { defaultReply, type FakeNodeSettings, type FakeSlotRange, refusal } from "./FakeNodeDefaults.ts"

export type { FakeCommand, FakeConnection, FakeReply, FakeSlotRange }

/** `undefined` leaves the answer to the defaults. */
export type FakeScript = (
  command: FakeCommand,
  connection: FakeConnection
) => FakeReply | undefined | Promise<FakeReply | undefined>

export interface FakeNodeOptions extends FakeNodeSettings {
  /** A server that speaks TLS with this certificate (PEM). */
  readonly tls?: { readonly key: string; readonly cert: string }
}

export interface FakeNode {
  readonly host: "127.0.0.1"
  readonly port: number
  readonly address: string
  /** Every command received, over all connections, in order of arrival. */
  readonly commands: ReadonlyArray<FakeCommand>
  /** Every connection ever accepted, in order; each has its own `commands`. */
  readonly connections: ReadonlyArray<FakeConnection>
  /** How many of them are open. */
  readonly openConnections: number
  /** What CLUSTER SLOTS answers from here on. */
  slots: ReadonlyArray<FakeSlotRange>
  script: FakeScript
  /** Commands received whose name is this, in any case. */
  received(name: string): ReadonlyArray<FakeCommand>
  /** The first command that has the name or meets the predicate, now or later; the `count`th with a count. */
  awaitCommand(
    wanted: string | ((command: FakeCommand) => boolean),
    count?: number
  ): Effect.Effect<FakeCommand>
  /** Waits until the number of open connections meets the predicate. */
  awaitConnections(predicate: (open: number) => boolean): Effect.Effect<void>
  /** Cuts every open connection; new ones are accepted. */
  destroyConnections(): void
  /** As SIGSTOP: connections are accepted by the system, and nothing is read. `resume` goes on. */
  pause(): void
  resume(): void
  /** As SIGKILL: cuts the connections and gives the port up, until `restart`. */
  readonly stop: Effect.Effect<void>
  readonly restart: Effect.Effect<void>
}

const HOST = "127.0.0.1"

/** Starts a node; it ends with the scope. */
const make = (
  script: FakeScript = () => undefined,
  options: FakeNodeOptions = {}
): Effect.Effect<FakeNode, never, Scope.Scope> =>
  Effect.gen(function* () {
    const node = new ScriptedNode(script, options)
    yield* Effect.acquireRelease(node.listen(0), () => node.stop)
    return node
  })

export const FakeNode = { make }

class ScriptedNode implements FakeNode {
  readonly host = HOST
  readonly commands: Array<FakeCommand> = []
  readonly connections: Array<FakeConnection> = []
  slots: ReadonlyArray<FakeSlotRange> = []
  script: FakeScript
  port = 0
  private readonly options: FakeNodeOptions
  private readonly server: Net.Server
  private readonly watchers = new Set<() => void>()
  /** Below the connections: in TLS, also those whose handshake is not done. */
  private readonly sockets = new Set<Net.Socket>()
  private isPaused = false

  constructor(script: FakeScript, options: FakeNodeOptions) {
    this.script = script
    this.options = options
    const accept = (socket: Net.Socket): void => this.accept(socket)
    this.server = options.tls === undefined ? Net.createServer(accept) : Tls.createServer(options.tls, accept)
    this.server.on("connection", (socket) => {
      this.sockets.add(socket)
      socket.once("close", () => this.sockets.delete(socket))
    })
  }

  get address(): string {
    return `${HOST}:${this.port}`
  }

  get openConnections(): number {
    return this.connections.filter((connection) => connection.isOpen).length
  }

  received(name: string): ReadonlyArray<FakeCommand> {
    return this.commands.filter((command) => isNamed(command, name))
  }

  awaitCommand(wanted: string | ((command: FakeCommand) => boolean), count = 1): Effect.Effect<FakeCommand> {
    const meets = typeof wanted === "string" ? (command: FakeCommand) => isNamed(command, wanted) : wanted
    let seen = 0
    let next = 0
    return this.awaitValue(() => {
      while (next < this.commands.length) {
        const command = this.commands[next++]
        if (meets(command) && ++seen === count) return command
      }
      return undefined
    })
  }

  awaitConnections(predicate: (open: number) => boolean): Effect.Effect<void> {
    return Effect.asVoid(this.awaitValue(() => (predicate(this.openConnections) ? true : undefined)))
  }

  destroyConnections(): void {
    for (const connection of this.connections) connection.destroy()
  }

  pause(): void {
    this.isPaused = true
    for (const connection of this.connections) connection.pause()
  }

  resume(): void {
    this.isPaused = false
    for (const connection of this.connections) connection.resume()
  }

  readonly stop: Effect.Effect<void> = Effect.async((resume) => {
    this.server.close(() => resume(Effect.void))
    this.destroyConnections()
    for (const socket of this.sockets) socket.destroy()
  })

  readonly restart: Effect.Effect<void> = Effect.suspend(() => this.listen(this.port))

  listen(port: number): Effect.Effect<void> {
    return Effect.async((resume) => {
      const failed = (error: Error): void => resume(Effect.die(error))
      this.server.once("error", failed)
      this.server.listen(port, HOST, () => {
        this.server.off("error", failed)
        this.port = (this.server.address() as Net.AddressInfo).port
        resume(Effect.void)
      })
    })
  }

  private accept(socket: Net.Socket): void {
    socket.setNoDelay(true)
    const connection = new FakeConnection(
      this.connections.length,
      socket,
      (command) => this.answer(command, connection),
      () => this.notify()
    )
    this.connections.push(connection)
    if (this.isPaused) connection.pause()
    this.notify()
  }

  private answer(command: FakeCommand, connection: FakeConnection): FakeReply | Promise<FakeReply> {
    this.commands.push(command)
    const dropped = connection.repliesDropped
    if (dropped === "next") connection.repliesDropped = "none"
    const scripted = refusal(command, connection, this.options) ?? this.script(command, connection)
    const orDefault = (reply: FakeReply | undefined): FakeReply =>
      reply ?? defaultReply(command, connection, this.options, this.slots)
    const reply = scripted instanceof Promise ? scripted.then(orDefault) : orDefault(scripted)
    connection.isAsking = isNamed(command, "ASKING")
    this.notify()
    const isAnswered = dropped === "none" || reply === "close" || isReplyOn(command)
    return isAnswered ? reply : "silence"
  }

  /** Resumes with the first value that `find` gives, asked now and after every event. */
  private awaitValue<A>(find: () => A | undefined): Effect.Effect<A> {
    return Effect.async<A>((resume) => {
      const watcher = (): void => {
        const found = find()
        if (found === undefined) return
        this.watchers.delete(watcher)
        resume(Effect.succeed(found))
      }
      this.watchers.add(watcher)
      watcher()
      return Effect.sync(() => this.watchers.delete(watcher))
    })
  }

  private notify(): void {
    for (const watcher of this.watchers) watcher()
  }
}

const isNamed = (command: FakeCommand, name: string): boolean =>
  command[0]?.toUpperCase() === name.toUpperCase()

const isReplyOn = (command: FakeCommand): boolean =>
  isNamed(command, "CLIENT") && command[1]?.toUpperCase() === "REPLY" && command[2]?.toUpperCase() === "ON"
