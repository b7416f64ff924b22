/** CLIENT TRACKING, CACHING, GETREDIR and TRACKINGINFO. */
import * as Resp from "../../../../protocol/Resp.ts"
import type { ClientRegistry } from "../client/ClientRegistry.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import * as Replies from "../dispatch/Replies.ts"
import { Tracking } from "./Tracking.ts"
import { readTrackingOptions } from "./TrackingOptions.ts"

const NOT_TRACKING = Replies.error(
  "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled"
)
const NOT_OPT_IN = Replies.error(
  "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode."
)
const NOT_OPT_OUT = Replies.error(
  "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode."
)

const makeTracking =
  (clients: ClientRegistry): Handler =>
  (client, command) => {
    const { entry } = command
    client.afterDrained(() => {
      const finish = (refusal: Buffer | undefined): void => {
        client.reply(refusal ?? Replies.OK, entry)
        client.refresh()
        client.release()
      }
      const session = client.sessions.tracking
      const current = session instanceof Tracking ? session : undefined
      const options = readTrackingOptions(command, current?.options, (id) => clients.get(id) !== undefined)
      if (options instanceof Uint8Array) return finish(options)
      if (options === "off") {
        current?.end()
        return finish(undefined)
      }
      if (current === undefined) new Tracking(client, clients, options).start(finish)
      else current.extend(options, finish)
    })
  }

const caching: Handler = (client, command) => {
  const { entry } = command
  const session = client.sessions.tracking
  if (!(session instanceof Tracking)) return client.reply(NOT_TRACKING, entry)
  const word = command.word(2)
  if (word !== "YES" && word !== "NO") return client.reply(Replies.SYNTAX, entry)
  if (word === "YES" && !session.options.isOptIn) return client.reply(NOT_OPT_IN, entry)
  if (word === "NO" && !session.options.isOptOut) return client.reply(NOT_OPT_OUT, entry)
  session.setCaching(word === "YES")
  client.reply(Replies.OK, entry)
}

const getredir: Handler = (client, { entry }) => {
  const session = client.sessions.tracking
  const target = session instanceof Tracking ? session.options.redirect : -1
  client.reply(Replies.integer(target), entry)
}

const trackinginfo: Handler = (client, { entry }) => {
  const session = client.sessions.tracking instanceof Tracking ? client.sessions.tracking : undefined
  const options = session?.options
  const flags: Array<string> = [options === undefined ? "off" : "on"]
  if (options?.isBroadcast === true) flags.push("bcast")
  if (options?.isOptIn === true) flags.push("optin")
  if (options?.isOptOut === true) flags.push("optout")
  if (session?.hasCaching === true) flags.push(options?.isOptIn === true ? "caching-yes" : "caching-no")
  if (options?.isNoLoop === true) flags.push("noloop")
  if (session?.isRedirectBroken === true) flags.push("broken_redirect")
  const text = (word: string): Resp.RespValue => Resp.bulkString(Buffer.from(word, "latin1"))
  const set: Resp.RespValue = { _tag: "Set", value: flags.map(text) }
  const info = Resp.map([
    [text("flags"), set],
    [text("redirect"), Resp.integer(options?.redirect ?? -1)],
    [text("prefixes"), Resp.array((options?.prefixes ?? []).map(text))]
  ])
  client.reply(Replies.encode(info, client.profile.protocol), entry)
}

export const trackingCommands = (
  clients: ClientRegistry
): ReadonlyArray<readonly [name: string, handler: Handler]> => [
  ["client|tracking", makeTracking(clients)],
  ["client|caching", caching],
  ["client|getredir", getredir],
  ["client|trackinginfo", trackinginfo]
]
