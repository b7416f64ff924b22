/** What a client has asked of CLIENT TRACKING. The servers judge whether it may. */
import type { Command } from "../request/Command.ts"

export interface TrackingOptions {
  readonly isOn: boolean
  readonly isBroadcast: boolean
  readonly isOptIn: boolean
  readonly isOptOut: boolean
  readonly isNoLoop: boolean
  /** The number of the client that is told instead; as it was given. */
  readonly redirect: string | undefined
  readonly prefixes: ReadonlyArray<string>
  /** The options without REDIRECT, as they are said to a server. */
  readonly words: ReadonlyArray<Buffer>
}

/** Options that a server would not understand stand among the words, for it to refuse. */
export const readTrackingOptions = (command: Command): TrackingOptions => {
  const words: Array<Buffer> = []
  const prefixes: Array<string> = []
  const flags = new Set<string>()
  let redirect: string | undefined
  for (let index = 3; index < command.args.length; index++) {
    const word = command.word(index)
    const hasMore = index + 1 < command.args.length
    if (word === "REDIRECT" && hasMore) redirect = command.text(++index)
    else if (word === "PREFIX" && hasMore) {
      words.push(command.args[index], command.args[index + 1])
      prefixes.push(command.args[++index].toString("latin1"))
    } else {
      words.push(command.args[index])
      flags.add(word)
    }
  }
  return {
    isOn: command.word(2) === "ON",
    isBroadcast: flags.has("BCAST"),
    isOptIn: flags.has("OPTIN"),
    isOptOut: flags.has("OPTOUT"),
    isNoLoop: flags.has("NOLOOP"),
    redirect,
    prefixes,
    words
  }
}
