/** A client as CLIENT INFO and CLIENT LIST show it, a line each. */
import type { Command } from "../request/Command.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"

const MILLISECONDS = 1000

/** `command`: the one that asks, whose own bytes still count among those that its client has sent. */
export const describeClient = (client: ProxyClient, command?: Command): string => {
  const { profile } = client
  const now = Date.now()
  const seconds = (since: number): number => Math.floor((now - since) / MILLISECONDS)
  const fields: ReadonlyArray<readonly [string, string | number]> = [
    ["id", profile.id],
    ["addr", profile.address],
    ["laddr", profile.localAddress],
    ["fd", profile.id],
    ["name", profile.name],
    ["age", seconds(profile.connectedAt)],
    ["idle", seconds(profile.lastSpokeAt)],
    ["flags", profile.flags],
    ["db", 0],
    ["sub", profile.channels],
    ["psub", profile.patterns],
    ["ssub", profile.shardChannels],
    ["multi", profile.queuedCommands],
    ["qbuf", client.queryBytes + (command === undefined ? 0 : command.end - command.start)],
    ["qbuf-free", 0],
    ["argv-mem", 0],
    ["multi-mem", 0],
    ["rbs", 1024],
    ["rbp", 0],
    ["obl", 0],
    ["oll", client.output.size > 0 ? 1 : 0],
    ["omem", client.output.size],
    ["tot-mem", client.queryBytes + client.output.size],
    ["events", "r"],
    ["cmd", profile.lastCommand],
    ["user", profile.user],
    ["redir", -1],
    ["resp", profile.protocol],
    ...(profile.knowsLibraries
      ? ([
          ["lib-name", profile.libraryName],
          ["lib-ver", profile.libraryVersion]
        ] as const)
      : [])
  ]
  return fields.map(([name, value]) => `${name}=${value}`).join(" ")
}

/** What CLIENT LIST TYPE and CLIENT KILL TYPE tell clients apart by. */
export const typeOf = ({ profile }: ProxyClient): "normal" | "pubsub" =>
  profile.subscriptions > 0 ? "pubsub" : "normal"

export const CLIENT_TYPES: ReadonlySet<string> = new Set(["normal", "master", "replica", "slave", "pubsub"])
