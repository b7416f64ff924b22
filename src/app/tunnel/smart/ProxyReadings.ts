/** What the proxy has counted since it started, read when somebody asks (`--metrics`, INFO). */
import type { ClientRegistry } from "./client/ClientRegistry.ts"
import type { ProxyContext } from "./ProxyContext.ts"
import { latencyReadings, type LatencyReadings } from "./request/Latencies.ts"
import type { CommandIndex } from "./request/CommandIndex.ts"

export interface CommandReadings extends LatencyReadings {
  /** In lower case; of a subcommand, `config|set`. */
  readonly name: string
  readonly calls: number
  /** Error replies, the proxy's own included. */
  readonly errors: number
}

/** Times of a command: from when it was read to when its reply had come from the node. */
export interface NodeReadings extends LatencyReadings {
  /** `host:port`. */
  readonly node: string
  readonly role: "master" | "replica"
  /** Commands sent to it on shared connections. */
  readonly commands: number
  /** Of those, without a reply so far. */
  readonly pending: number
  readonly sharedConnections: number
  readonly privateConnections: number
}

export interface ProxyReadings {
  readonly startedAt: Date
  readonly clients: number
  readonly blockedClients: number
  readonly subscribedClients: number
  readonly clientsAccepted: number
  readonly clientsRefused: number
  readonly clientsClosed: Readonly<Record<string, number>>
  readonly bytesReceived: number
  readonly bytesSent: number
  readonly moved: number
  readonly asked: number
  /** Commands sent again after a wait or a lost connection. */
  readonly retried: number
  /** Writes whose connection was lost before their reply: the client was told that they may have been executed. */
  readonly maybeExecuted: number
  readonly commands: ReadonlyArray<CommandReadings>
  readonly nodes: ReadonlyArray<NodeReadings>
}

export const readingsOf = (
  { counters, index, sets }: ProxyContext,
  clients: ClientRegistry
): ProxyReadings => ({
  startedAt: counters.startedAt,
  clients: clients.size,
  blockedClients: clients.count(({ profile }) => profile.isBlocked),
  subscribedClients: clients.count(({ profile }) => profile.subscriptions > 0),
  clientsAccepted: counters.clientsAccepted,
  clientsRefused: counters.clientsRefused,
  clientsClosed: Object.fromEntries(counters.clientsClosed),
  bytesReceived: counters.bytesReceived,
  bytesSent: counters.bytesSent,
  moved: counters.moved,
  asked: counters.asked,
  retried: counters.retried,
  maybeExecuted: counters.maybeExecuted,
  commands: commandReadings(index),
  nodes: sets.topology.nodes.map(({ address, role }) => {
    const links = Array.from(sets.all()).flatMap((set) =>
      Array.from(set.all()).filter((link) => link.address === address)
    )
    return {
      node: address,
      role,
      commands: links.reduce((sum, link) => sum + link.commands, 0),
      pending: links.reduce((sum, link) => sum + link.pending, 0),
      sharedConnections: links.filter(({ pipeline }) => pipeline?.isOpen === true).length,
      privateConnections: sets.privateConnections(address),
      ...latencyReadings(links.map(({ latencies }) => latencies))
    }
  })
})

/** Of the commands that have been called. */
export const commandReadings = (index: CommandIndex): ReadonlyArray<CommandReadings> =>
  index.entries
    .filter(({ calls }) => calls > 0)
    .map((entry) => ({
      name: entry.name,
      calls: entry.calls,
      errors: entry.errors,
      ...latencyReadings([entry])
    }))
