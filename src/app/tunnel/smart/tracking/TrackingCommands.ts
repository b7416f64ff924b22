/** CLIENT TRACKING, CACHING, GETREDIR and TRACKINGINFO. */
import * as Resp from "../../../../protocol/Resp.ts"
import type { ClientRegistry } from "../client/ClientRegistry.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import * as Replies from "../dispatch/Replies.ts"
import { Tracking } from "./Tracking.ts"
import { readTrackingOptions } from "./TrackingOptions.ts"

const NO_SUCH_TARGET = Replies.error("ERR The client ID you want redirect to does not exist")
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
    const word = command.word(2)
    if (word !== "ON" && word !== "OFF") return client.reply(Replies.SYNTAX, entry)
    client.afterDrained(() => {
      const finish = (refusal: Buffer | undefined): void => {
        client.reply(refusal ?? Replies.OK, entry)
        client.refresh()
        client.release()
      }
      const options = readTrackingOptions(command)
      if (!options.isOn) {
        client.sessions.tracking?.end()
        return finish(undefined)
      }
      if (options.redirect !== undefined && !/^\d+$/.test(options.redirect))
        return finish(Replies.NOT_AN_INTEGER)
      if (options.redirect !== undefined && clients.get(Number(options.redirect)) === undefined) {
        return finish(NO_SUCH_TARGET)
      }
      const current = client.sessions.tracking
      if (!(current instanceof Tracking)) return new Tracking(client, clients, options).start(finish)
      if (current.options.redirect === options.redirect) return current.extend(options, finish)
      // Another target needs other connections; what is asked for is judged as if it were the first.
      current.end()
      new Tracking(client, clients, options).start(finish)
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
  const target = session instanceof Tracking ? Number(session.options.redirect ?? 0) : -1
  client.reply(Replies.integer(target), entry)
}

const makeInfo =
  (clients: ClientRegistry): Handler =>
  (client, { entry }) => {
    const session = client.sessions.tracking
    const options = session instanceof Tracking ? session.options : undefined
    const target = options === undefined ? -1 : Number(options.redirect ?? 0)
    const flags: Array<string> = [options === undefined ? "off" : "on"]
    if (options?.isBroadcast === true) flags.push("bcast")
    if (options?.isOptIn === true) flags.push("optin")
    if (options?.isOptOut === true) flags.push("optout")
    if (session instanceof Tracking && session.hasCaching) {
      flags.push(options?.isOptIn === true ? "caching-yes" : "caching-no")
    }
    if (options?.isNoLoop === true) flags.push("noloop")
    if (target > 0 && clients.get(target) === undefined) flags.push("broken_redirect")
    const text = (word: string): Resp.RespValue => Resp.bulkString(Buffer.from(word, "latin1"))
    const set: Resp.RespValue = { _tag: "Set", value: flags.map(text) }
    const info = Resp.map([
      [text("flags"), set],
      [text("redirect"), Resp.integer(target)],
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
  ["client|trackinginfo", makeInfo(clients)]
]
