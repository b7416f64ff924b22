/** What a client asks of CLIENT TRACKING, judged as a server does (7.0.15, networking.c): in its order and in its words. */
import * as Replies from "../dispatch/Replies.ts"
import type { Command } from "../request/Command.ts"

export interface TrackingOptions {
  readonly isBroadcast: boolean
  readonly isOptIn: boolean
  readonly isOptOut: boolean
  readonly isNoLoop: boolean
  /** The number of the client that is told instead; 0: none is. */
  readonly redirect: number
  /** In latin1. Those of several commands add up, and are kept in order. */
  readonly prefixes: ReadonlyArray<string>
}

/** A number as Redis reads it: up to 64 bits. */
const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/

const REDIRECTED_TWICE = Replies.error("ERR A client can only redirect to a single other client")
const NO_SUCH_TARGET = Replies.error("ERR The client ID you want redirect to does not exist")
const PREFIX_ALONE = Replies.error("ERR PREFIX option requires BCAST mode to be enabled")
const BROADCAST_SWITCHED = Replies.error(
  "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode."
)
const BROADCAST_CHOSEN = Replies.error("ERR OPTIN and OPTOUT are not compatible with BCAST")
const BOTH_CHOSEN = Replies.error("ERR You can't specify both OPTIN mode and OPTOUT mode")
const CHOICE_SWITCHED = Replies.error(
  "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode."
)

/** What is asked for, the prefixes of this command alone; or the refusal. `current`: what holds so far, if it tracks. */
export const readTrackingOptions = (
  command: Command,
  current: TrackingOptions | undefined,
  isClient: (id: number) => boolean
): TrackingOptions | "off" | Buffer => {
  const prefixes: Array<string> = []
  const flags = new Set<string>()
  let redirect = 0
  for (let index = 3; index < command.args.length; index++) {
    const word = command.word(index)
    const hasMore = index + 1 < command.args.length
    if (word === "REDIRECT" && hasMore) {
      if (redirect !== 0) return REDIRECTED_TWICE
      const id = command.text(++index)
      if (!INTEGER.test(id)) return Replies.NOT_AN_INTEGER
      redirect = Number(id)
      if (!isClient(redirect)) return NO_SUCH_TARGET
    } else if (word === "PREFIX" && hasMore) {
      prefixes.push(command.args[++index].toString("latin1"))
    } else if (FLAGS.has(word)) flags.add(word)
    else return Replies.SYNTAX
  }
  const word = command.word(2)
  if (word === "OFF") return "off"
  if (word !== "ON") return Replies.SYNTAX
  const options = {
    isBroadcast: flags.has("BCAST"),
    isOptIn: flags.has("OPTIN"),
    isOptOut: flags.has("OPTOUT"),
    isNoLoop: flags.has("NOLOOP"),
    redirect,
    prefixes
  }
  return refusalOf(options, current) ?? options
}
const FLAGS: ReadonlySet<string> = new Set(["BCAST", "OPTIN", "OPTOUT", "NOLOOP"])

const refusalOf = (options: TrackingOptions, current: TrackingOptions | undefined): Buffer | undefined => {
  const { isBroadcast, isOptIn, isOptOut, prefixes } = options
  if (!isBroadcast && prefixes.length > 0) return PREFIX_ALONE
  if (current !== undefined && current.isBroadcast !== isBroadcast) return BROADCAST_SWITCHED
  if (isBroadcast && (isOptIn || isOptOut)) return BROADCAST_CHOSEN
  if (isOptIn && isOptOut) return BOTH_CHOSEN
  if (current !== undefined && ((isOptIn && current.isOptOut) || (isOptOut && current.isOptIn))) {
    return CHOICE_SWITCHED
  }
  return isBroadcast ? collision(prefixes, current?.prefixes ?? []) : undefined
}

const collision = (prefixes: ReadonlyArray<string>, existing: ReadonlyArray<string>): Buffer | undefined => {
  for (const [index, prefix] of prefixes.entries()) {
    const known = existing.find((other) => overlaps(other, prefix))
    if (known !== undefined) return overlap(prefix, "an existing", known)
    const other = prefixes.slice(index + 1).find((later) => overlaps(prefix, later))
    if (other !== undefined) return overlap(prefix, "another provided", other)
  }
  return undefined
}

const overlaps = (a: string, b: string): boolean => a.startsWith(b) || b.startsWith(a)

const overlap = (prefix: string, which: string, other: string): Buffer =>
  Buffer.from(
    `-ERR Prefix '${prefix}' overlaps with ${which} prefix '${other}'. Prefixes for a single client must not overlap.\r\n`,
    "latin1"
  )

/** What holds after this command: the prefixes of all commands, everything else as the last one says. */
export const joined = (options: TrackingOptions, current: TrackingOptions | undefined): TrackingOptions => {
  if (!options.isBroadcast) return options
  const added = options.prefixes.length === 0 ? [""] : options.prefixes
  return { ...options, prefixes: [...new Set([...(current?.prefixes ?? []), ...added])].toSorted() }
}

/** As they are said to a server, whoever is told in the end. */
export const wordsOf = (options: TrackingOptions): ReadonlyArray<string | Buffer> => [
  ...(options.isBroadcast ? ["BCAST"] : []),
  ...(options.isOptIn ? ["OPTIN"] : []),
  ...(options.isOptOut ? ["OPTOUT"] : []),
  ...(options.isNoLoop ? ["NOLOOP"] : []),
  ...options.prefixes.flatMap((prefix) => ["PREFIX", Buffer.from(prefix, "latin1")])
]
