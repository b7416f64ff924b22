/** INFO as one server would answer it that holds all keys and serves all clients, and a section on the proxy. */
import * as Resp from "../../../../protocol/Resp.ts"
import type { ClientRegistry } from "../client/ClientRegistry.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import { decoded, gather } from "../dispatch/FanOut.ts"
import * as Replies from "../dispatch/Replies.ts"
import type { ProxyContext } from "../ProxyContext.ts"
import { readingsOf } from "../ProxyReadings.ts"
import { isAnsweredHere } from "../stats/OwnCommands.ts"
import { formatInfo, type InfoSection, mergeInfo, parseInfo } from "./InfoText.ts"

const SECONDS_PER_DAY = 86_400
const MILLISECONDS = 1000
/** Asking for one of these, or for nothing, asks for the proxy's section as well. */
const WITH_PROXY: ReadonlySet<string> = new Set(["DEFAULT", "ALL", "EVERYTHING", "PROXY"])

export const makeInfo =
  (clients: ClientRegistry): Handler =>
  (client, command) => {
    const words = command.args.slice(1).map((_, index) => command.word(index + 1))
    const hasProxy = words.length === 0 || words.some((word) => WITH_PROXY.has(word))
    gather(client, command, "all-masters", (replies) => {
      const values = replies.map(decoded)
      const failed = values.findIndex(Resp.isError)
      if (failed >= 0) return replies[failed]
      const servers = values.map((value) => parseInfo(Resp.text(value) ?? ""))
      const sections = asOneServer(
        mergeInfo(withOwnCommands(servers, client.context)),
        client.context,
        clients
      )
      const all = hasProxy ? [...sections, proxySection(client.context, clients)] : sections
      return verbatim(client, formatInfo(all))
    })
  }

const verbatim = (client: ProxyClient, text: string): Buffer =>
  Replies.encode(Resp.verbatimString("txt", Buffer.from(text)), client.profile.protocol)

/** Commands that the proxy answers are counted by the proxy; what the servers have of them it has said itself. */
const withOwnCommands = (
  servers: ReadonlyArray<ReadonlyArray<InfoSection>>,
  { ownCommands }: ProxyContext
): ReadonlyArray<ReadonlyArray<InfoSection>> => {
  const counted = servers.flatMap((sections) => sections.filter(({ title }) => title === COMMAND_STATISTICS))
  if (counted.length === 0) return servers
  for (const { fields } of counted) {
    for (const name of fields.keys()) if (isAnsweredHere(name.slice("cmdstat_".length))) fields.delete(name)
  }
  return [...servers, [{ title: COMMAND_STATISTICS, fields: ownCommands.stats() }]]
}
const COMMAND_STATISTICS = "Commandstats"

/** What would say that it is a cluster, or speaks of the servers' clients where the proxy's are meant. */
const asOneServer = (
  sections: ReadonlyArray<InfoSection>,
  { counters, limits }: ProxyContext,
  clients: ClientRegistry
): ReadonlyArray<InfoSection> => {
  const uptime = Math.floor((Date.now() - counters.startedAt.getTime()) / MILLISECONDS)
  const count = (matches: (client: ProxyClient) => boolean): string => String(clients.count(matches))
  const own: ReadonlyMap<string, string> = new Map([
    ["redis_mode", "standalone"],
    ["server_mode", "standalone"],
    ["process_id", String(process.pid)],
    ["uptime_in_seconds", String(uptime)],
    ["uptime_in_days", String(Math.floor(uptime / SECONDS_PER_DAY))],
    ["connected_clients", String(clients.size)],
    ["cluster_connections", "0"],
    ["maxclients", String(limits.clients)],
    ["tracking_clients", count(({ profile }) => profile.isTracking)],
    [
      "tracking_total_prefixes",
      String(new Set(clients.all().flatMap(({ profile }) => profile.trackedPrefixes)).size)
    ],
    ["total_connections_received", String(counters.clientsAccepted)],
    ["rejected_connections", String(counters.clientsRefused)],
    ["role", "master"],
    ["connected_slaves", "0"],
    ["cluster_enabled", "0"]
  ])
  for (const { fields } of sections) {
    const blocked = fields.get("blocked_clients")
    if (blocked !== undefined) fields.set("blocked_clients", String(Number(blocked) + excessBlocked(clients)))
    for (const [name, value] of own) if (fields.has(name)) fields.set(name, value)
    for (const name of fields.keys()) {
      if (/^slave\d/.test(name)) fields.delete(name)
      const bytes = name.endsWith("_human") ? fields.get(name.slice(0, -"_human".length)) : undefined
      if (bytes !== undefined) fields.set(name, humanSize(Number(bytes)))
    }
  }
  return sections
}

/** Whom the servers do not count, since the proxy holds them, less whom several servers count. */
const excessBlocked = (clients: ClientRegistry): number =>
  clients
    .all()
    .reduce((sum, { profile }) => (profile.isBlocked ? sum + 1 - profile.blockedConnections : sum), 0)

/** As Redis writes sizes for people (bytesToHuman). */
const humanSize = (bytes: number): string => {
  if (bytes < 1024) return `${bytes}B`
  const power = Math.min(4, Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / 1024 ** power).toFixed(2)}${"BKMGT"[power]}`
}

const proxySection = (context: ProxyContext, clients: ClientRegistry): InfoSection => {
  const readings = readingsOf(context, clients)
  const fields = new Map<string, string>([
    ["proxy_clients", String(readings.clients)],
    ["proxy_bytes_received", String(readings.bytesReceived)],
    ["proxy_bytes_sent", String(readings.bytesSent)],
    ["proxy_moved", String(readings.moved)],
    ["proxy_asked", String(readings.asked)],
    ["proxy_retried", String(readings.retried)],
    ["proxy_maybe_executed", String(readings.maybeExecuted)]
  ])
  for (const [index, node] of readings.nodes.entries()) {
    const { commands, pending, privateConnections, role, sharedConnections } = node
    fields.set(
      `proxy_node${index}`,
      `address=${node.node},role=${role},commands=${commands},pending=${pending},shared=${sharedConnections},private=${privateConnections}`
    )
  }
  return { title: "Proxy", fields }
}
