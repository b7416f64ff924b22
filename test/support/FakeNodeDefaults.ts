/**
 * What a `FakeNode` answers to where its script has nothing to say: the
 * commands of a handshake and of topology discovery, worded as Redis 7.0 does.
 */
import * as Resp from "../../src/protocol/Resp.ts"
import type { RespValue } from "../../src/protocol/Resp.ts"
import type { FakeCommand, FakeConnection, FakeReply } from "./FakeConnection.ts"

/** One line of CLUSTER SLOTS: the master first, then its replicas. */
export interface FakeSlotRange {
  readonly first: number
  readonly last: number
  readonly nodes: ReadonlyArray<{
    readonly host: string
    readonly port: number
    readonly id: string
    readonly hostname?: string
  }>
}

export interface FakeNodeSettings {
  /** 2: a server before 6.0, which knows no HELLO. Default 3. */
  readonly protocol?: 2 | 3
  readonly mode?: "standalone" | "cluster"
  /** Refuses everything but HELLO, AUTH and QUIT until it is given. */
  readonly password?: string
  readonly version?: string
}

const DEFAULT_VERSION = "7.0.15"
const PUBLIC_COMMANDS: ReadonlySet<string> = new Set(["HELLO", "AUTH", "QUIT"])

export const defaultReply = (
  command: FakeCommand,
  connection: FakeConnection,
  settings: FakeNodeSettings,
  slots: ReadonlyArray<FakeSlotRange>
): FakeReply => {
  const [name = "", subcommand = ""] = command.map((word) => word.toUpperCase())
  switch (name) {
    case "HELLO":
      return settings.protocol === 2 ? unknownCommand(command) : hello(command, connection, settings)
    case "AUTH":
      return authenticate(command[command.length - 1], connection, settings) ?? Resp.ok
    case "CLIENT":
      return clientReply(subcommand, command, connection)
    case "PING":
      return command.length > 1 ? Resp.bulkString(command[1]) : Resp.pong
    case "ECHO":
      return Resp.bulkString(command[1] ?? "")
    case "QUIT":
      return "close"
    case "COMMAND":
      return Resp.array([])
    case "INFO":
      return Resp.bulkString(info(settings))
    case "SELECT":
      return Resp.ok
    case "READONLY":
    case "READWRITE":
    case "ASKING":
      return settings.mode === "cluster" ? Resp.ok : CLUSTER_DISABLED
    case "CLUSTER":
      if (settings.mode !== "cluster") return CLUSTER_DISABLED
      if (subcommand === "SLOTS") return Resp.array(slots.map(slotsEntry))
      return Resp.simpleError(`ERR unknown subcommand '${command[1]}'. Try CLUSTER HELP.`)
    default:
      return unknownCommand(command)
  }
}

/** Why `command` may not run yet; `undefined` when it may. */
export const refusal = (
  command: FakeCommand,
  connection: FakeConnection,
  settings: FakeNodeSettings
): RespValue | undefined =>
  settings.password === undefined ||
  connection.isAuthenticated ||
  PUBLIC_COMMANDS.has(command[0]?.toUpperCase() ?? "")
    ? undefined
    : Resp.simpleError("NOAUTH Authentication required.")

const CLUSTER_DISABLED = Resp.simpleError("ERR This instance has cluster support disabled")

export const unknownCommand = (command: FakeCommand): RespValue =>
  Resp.simpleError(
    `ERR unknown command '${command[0]}', with args beginning with: ${command
      .slice(1)
      .map((argument) => `'${argument}' `)
      .join("")}`
  )

const authenticate = (
  password: string | undefined,
  connection: FakeConnection,
  settings: FakeNodeSettings
): RespValue | undefined => {
  connection.isAuthenticated = settings.password === undefined || settings.password === password
  return connection.isAuthenticated
    ? undefined
    : Resp.simpleError("WRONGPASS invalid username-password pair or user is disabled.")
}

const hello = (command: FakeCommand, connection: FakeConnection, settings: FakeNodeSettings): RespValue => {
  const auth = command.findIndex((word) => word.toUpperCase() === "AUTH")
  const failure = auth < 0 ? undefined : authenticate(command[auth + 2], connection, settings)
  if (failure !== undefined) return failure
  if (settings.password !== undefined && !connection.isAuthenticated) {
    return Resp.simpleError(
      "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"
    )
  }
  const wished = command[1] ?? String(connection.version)
  if (wished !== "2" && wished !== "3") return Resp.simpleError("NOPROTO unsupported protocol version")
  connection.version = wished === "3" ? 3 : 2
  return Resp.map([
    [Resp.bulkString("server"), Resp.bulkString("redis")],
    [Resp.bulkString("version"), Resp.bulkString(settings.version ?? DEFAULT_VERSION)],
    [Resp.bulkString("proto"), Resp.integer(connection.version)],
    [Resp.bulkString("id"), Resp.integer(connection.index + 1)],
    [Resp.bulkString("mode"), Resp.bulkString(settings.mode ?? "standalone")],
    [Resp.bulkString("role"), Resp.bulkString("master")],
    [Resp.bulkString("modules"), Resp.array([])]
  ])
}

const clientReply = (subcommand: string, command: FakeCommand, connection: FakeConnection): FakeReply => {
  switch (subcommand) {
    case "ID":
      return Resp.integer(connection.index + 1)
    case "REPLY": {
      const mode = command[2]?.toUpperCase()
      connection.repliesDropped = mode === "OFF" ? "all" : mode === "SKIP" ? "next" : "none"
      return mode === "ON" ? Resp.ok : "silence"
    }
    default:
      return Resp.ok
  }
}

const info = (settings: FakeNodeSettings): string => {
  const mode = settings.mode ?? "standalone"
  return [
    "# Server",
    `redis_version:${settings.version ?? DEFAULT_VERSION}`,
    `redis_mode:${mode}`,
    "",
    "# Cluster",
    `cluster_enabled:${mode === "cluster" ? 1 : 0}`,
    ""
  ].join("\r\n")
}

const slotsEntry = (range: FakeSlotRange): RespValue =>
  Resp.array([
    Resp.integer(range.first),
    Resp.integer(range.last),
    ...range.nodes.map(({ host, port, id, hostname }) =>
      Resp.array([
        Resp.bulkString(host),
        Resp.integer(port),
        Resp.bulkString(id),
        Resp.array(hostname === undefined ? [] : [Resp.bulkString("hostname"), Resp.bulkString(hostname)])
      ])
    )
  ])
