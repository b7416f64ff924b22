/**
 * The first words on a connection: HELLO with AUTH where the server has it (Redis 6),
 * otherwise AUTH; who we are (CLIENT SETNAME, CLIENT SETINFO of Redis 7.2);
 * READONLY; the database. One round trip on a server that
 * has HELLO.
 *
 * Source: https://redis.io/docs/latest/commands/hello/
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Resp from "../protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../protocol/Resp.ts"
import { parseServerInfo } from "../protocol/ServerInfo.ts"
import type { ConnectionOptions } from "./ConnectionOptions.ts"
import type { Pipeline } from "./Pipeline.ts"
import { PipelineFailure } from "./PipelineFailure.ts"
import * as PipelineEffect from "./PipelineEffect.ts"

export interface ServerIdentity {
  /** The protocol version agreed on. */
  readonly version: 2 | 3
  /** `redis 7.0.15`; empty when the server would not say. */
  readonly server: string
  readonly mode: "standalone" | "cluster" | "sentinel"
  /** CLIENT ID of this connection; 0 when the server has no HELLO. */
  readonly clientId: number
}

export const LIBRARY_NAME = "effect-redis-client"

/** Fails with `Auth` when credentials are refused or wanting, with `Connect` when the server is not one of Redis. */
export const handshake = (
  pipeline: Pipeline,
  options: ConnectionOptions
): Effect.Effect<ServerIdentity, PipelineFailure> =>
  Effect.gen(function* () {
    if (options.protocol === 2) return yield* withoutHello(pipeline, options)
    const replies = yield* PipelineEffect.executeMany(pipeline, [hello(options), ...introduction(options)])
    const first = replies[0]
    if (!Resp.isError(first)) {
      yield* checkDatabase(replies, options)
      return first._tag === "Map" || first._tag === "Array" ? identityOf(first) : yield* askInfo(pipeline)
    }
    return isBusy(first.value, options)
      ? yield* askInfo(pipeline)
      : lacksHello(first.value)
        ? yield* withoutHello(pipeline, options)
        : yield* Effect.fail(refusal(first.value, options))
  })

/** What HELLO would have said is asked for in the same round trip. */
const withoutHello = (
  pipeline: Pipeline,
  options: ConnectionOptions
): Effect.Effect<ServerIdentity, PipelineFailure> =>
  Effect.gen(function* () {
    const replies = yield* PipelineEffect.executeMany(pipeline, [
      authOrPing(options),
      INFO,
      ...introduction(options)
    ])
    const [first, info] = replies
    if (Resp.isError(first) && !isBusy(first.value, options)) {
      return yield* Effect.fail(refusal(first.value, options))
    }
    yield* checkDatabase(replies, options)
    return identityOfInfo(info)
  })

/** It runs a script: it lets us in, and says so to whatever it is asked, but for SCRIPT KILL. */
const isBusy = (error: string, { database, readOnly }: ConnectionOptions): boolean =>
  error.startsWith("BUSY ") && (database ?? 0) === 0 && readOnly !== true

const hello = ({ credentials }: ConnectionOptions): CommandArguments => [
  "HELLO",
  3,
  ...(credentials === undefined
    ? []
    : ["AUTH", credentials.username ?? "default", Redacted.value(credentials.password)])
]

const authOrPing = ({ credentials }: ConnectionOptions): CommandArguments => {
  if (credentials === undefined) return ["PING"]
  const password = Redacted.value(credentials.password)
  return credentials.username === undefined ? ["AUTH", password] : ["AUTH", credentials.username, password]
}

/** Commands whose refusal does no harm, and SELECT, which comes last and is checked. */
const introduction = ({ clientName, database, readOnly }: ConnectionOptions): Array<CommandArguments> => [
  ["CLIENT", "SETINFO", "LIB-NAME", LIBRARY_NAME],
  ...(clientName === undefined ? [] : [["CLIENT", "SETNAME", clientName]]),
  ...(readOnly === true ? [["READONLY"]] : []),
  ...(database === undefined || database === 0 ? [] : [["SELECT", database]])
]

const checkDatabase = (
  replies: ReadonlyArray<RespValue>,
  { database }: ConnectionOptions
): Effect.Effect<void, PipelineFailure> => {
  const last = replies[replies.length - 1]
  return database !== undefined && database !== 0 && Resp.isError(last)
    ? Effect.fail(
        new PipelineFailure("Connect", "no", `database ${database} cannot be selected: ${last.value}`)
      )
    : Effect.void
}

/** Servers before 6.0 do not know HELLO; some proxies know it and refuse version 3; an ACL may forbid it. */
const lacksHello = (error: string): boolean =>
  /unknown command/i.test(error) || error.startsWith("NOPROTO") || error.startsWith("NOPERM")

const refusal = (error: string, { credentials }: ConnectionOptions): PipelineFailure => {
  if (
    error.startsWith("WRONGPASS") ||
    error.startsWith("ERR AUTH") ||
    error.startsWith("ERR invalid password")
  ) {
    return new PipelineFailure("Auth", "no", "the server refused the user name or password")
  }
  if (error.startsWith("NOAUTH")) {
    return new PipelineFailure(
      "Auth",
      "no",
      credentials === undefined ? "the server asks for a password" : quoted(error, credentials)
    )
  }
  return new PipelineFailure(
    "Connect",
    "no",
    `the server refused the handshake: ${quoted(error, credentials)}`
  )
}

/** Redis quotes the arguments of a command that it does not know: AUTH's are nobody's business. */
const quoted = (error: string, credentials: ConnectionOptions["credentials"]): string => {
  const password = credentials === undefined ? "" : Redacted.value(credentials.password)
  const said = error.split(", with args")[0]
  return password === "" ? said : said.replaceAll(password, "(the password)")
}

const identityOf = (reply: Resp.RespMap | Resp.RespArray): ServerIdentity => {
  const fields = new Map<string | undefined, RespValue>()
  if (reply._tag === "Map") for (const [name, value] of reply.value) fields.set(Resp.text(name), value)
  else
    for (let index = 0; index + 1 < reply.value.length; index += 2)
      fields.set(Resp.text(reply.value[index]), reply.value[index + 1])
  const field = (name: string): string => Resp.text(fields.get(name) ?? Resp.nullValue) ?? ""
  return {
    version: field("proto") === "3" ? 3 : 2,
    server: `${field("server")} ${field("version")}`.trim(),
    mode: modeOf(field("mode")),
    clientId: Number(field("id")) || 0
  }
}

const INFO: CommandArguments = ["INFO", "server"]

const askInfo = (pipeline: Pipeline): Effect.Effect<ServerIdentity, PipelineFailure> =>
  Effect.map(PipelineEffect.executeMany(pipeline, [INFO]), ([reply]) => identityOfInfo(reply))

const identityOfInfo = (reply: RespValue): ServerIdentity => {
  const { mode, name, version } = parseServerInfo(Resp.isError(reply) ? "" : (Resp.text(reply) ?? ""))
  return { version: 2, server: `${name} ${version}`.trim(), mode: modeOf(mode), clientId: 0 }
}

const modeOf = (mode: string): ServerIdentity["mode"] =>
  mode === "cluster" || mode === "sentinel" ? mode : "standalone"
