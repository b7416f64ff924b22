/** The shared connections of all flavors, routed by one topology; and connections that one client has to itself for a while. */
import { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import { type ClusterTopology, NO_OWNER } from "../../../../protocol/ClusterTopology.ts"
import type { Flavor } from "./Flavor.ts"
import type { LinkOpener, OpenedLink } from "./LinkOpener.ts"
import { SUSPICIOUS_LOOKS } from "./UpstreamLink.ts"
import { UpstreamSet } from "./UpstreamSet.ts"

/** Connections kept for the next who needs one to himself, per node and flavor. */
const MAX_IDLE = 16

export class UpstreamSets {
  topology: ClusterTopology
  readonly opener: LinkOpener
  private masterAddresses: ReadonlyArray<string>
  private readonly shared = new Map<string, UpstreamSet>()
  /** Sets of clients that have their own, and shared ones. */
  private readonly sets = new Set<UpstreamSet>()
  private readonly idle = new Map<string, Array<OpenedLink>>()
  private readonly inUse = new Set<OpenedLink>()
  private readonly watchers = new Set<() => void>()

  constructor(topology: ClusterTopology, opener: LinkOpener) {
    this.topology = topology
    this.opener = opener
    this.masterAddresses = mastersIn(topology)
  }

  sharedSet(flavor: Flavor): UpstreamSet {
    const key = keyOf(flavor)
    let set = this.shared.get(key)
    if (set === undefined) {
      set = this.makeSet(flavor, this.opener)
      this.shared.set(key, set)
    }
    return set
  }

  /** A set of one client's own, whose connections the opener prepares. */
  makeSet(flavor: Flavor, opener: LinkOpener): UpstreamSet {
    const set = new UpstreamSet(flavor, opener, this.topology)
    this.sets.add(set)
    return set
  }

  dropSet(set: UpstreamSet): void {
    this.sets.delete(set)
    set.close("the client has left")
  }

  all(): Iterable<UpstreamSet> {
    return this.sets
  }

  apply(topology: ClusterTopology): void {
    this.topology = topology
    this.masterAddresses = mastersIn(topology)
    for (const set of this.sets) set.apply(topology)
    // Who blocks or waits for messages there would wait for ever: a node that has failed says nothing, nor does its socket.
    for (const { address, pipeline } of this.inUse) {
      if (!this.isKnown(address)) pipeline.close("Timeout", "the node has left the cluster")
    }
    for (const watcher of this.watchers) watcher()
  }

  /** Called after each change of the topology, until the function given back is called. */
  onChange(watcher: () => void): () => void {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  /** Addresses of the masters that serve slots, always in the same order while the topology stays. */
  masters(): ReadonlyArray<string> {
    return this.masterAddresses
  }

  /** The owner of the slot. */
  addressOf(slot: number): string | undefined {
    return this.topology.nodes[this.topology.slots[slot]]?.address
  }

  /** A node on which a script of this flavor's clients runs at present. */
  busyWithScript(flavor: Flavor): string | undefined {
    const set = this.shared.get(keyOf({ ...flavor, lane: "scripts" }))
    if (set === undefined) return undefined
    for (const link of set.all()) if (link.pending > 0) return link.address
    return undefined
  }

  /** A connection of the caller's own: one that somebody gave back, or a new one. */
  acquire(address: string, flavor: Flavor, acquired: (link: OpenedLink | PipelineFailure) => void): void {
    const idle = this.idle.get(idleKeyOf(address, flavor))
    for (let link = idle?.pop(); link !== undefined; link = idle?.pop()) {
      if (!link.pipeline.isOpen) continue
      this.inUse.add(link)
      return acquired(link)
    }
    this.opener.open(address, flavor, "private", (result) => {
      if (!(result instanceof PipelineFailure)) this.inUse.add(result)
      acquired(result)
    })
  }

  /** A connection that is a client's own already serves as if acquired, until it is taken back: it ends with its node. */
  lend(link: OpenedLink): void {
    this.inUse.add(link)
  }

  takeBack(link: OpenedLink): void {
    this.inUse.delete(link)
  }

  /** Gives a connection back that is as it was when it was new; it is kept if there is room. */
  giveBack(link: OpenedLink): void {
    this.inUse.delete(link)
    const { events, isOpen, pending } = link.pipeline
    events.onPush = events.onStream = events.onClose = undefined
    const key = idleKeyOf(link.address, link.flavor)
    const idle = this.idle.get(key) ?? []
    if (!isOpen || pending > 0 || idle.length >= MAX_IDLE || !this.isKnown(link.address)) {
      return link.pipeline.close("Closed", "its client has no more use for it")
    }
    idle.push(link)
    this.idle.set(key, idle)
  }

  /** Ends a connection that nobody else can have. */
  discard(link: OpenedLink): void {
    this.inUse.delete(link)
    const { events } = link.pipeline
    events.onPush = events.onStream = events.onClose = undefined
    link.pipeline.close("Closed", "its client has no more use for it")
  }

  /** Connections that clients have to themselves, to this node. */
  privateConnections(address: string): number {
    let count = 0
    for (const link of this.inUse) if (link.address === address) count++
    for (const links of this.idle.values()) for (const link of links) if (link.address === address) count++
    return count
  }

  /**
   * To be called at regular intervals. Gives back the nodes that owe replies and
   * have said nothing for a while; those among them that serve no slots any more
   * are left, as the client leaves them.
   */
  watch(): ReadonlySet<string> {
    const silent = new Set<string>()
    for (const set of this.sets) {
      set.sweep()
      for (const link of set.all()) {
        if (link.isSilent()) silent.add(link.address)
      }
    }
    for (const { address, pipeline } of this.inUse) {
      if (pipeline.look() >= SUSPICIOUS_LOOKS) silent.add(address)
    }
    return silent
  }

  /** Whatever waits at a node that has stopped answering, or has become a replica, fails. */
  abandon(address: string, detail: string): void {
    for (const set of this.sets)
      for (const link of set.all()) if (link.address === address) link.abandon(detail)
    for (const link of this.inUse) if (link.address === address) link.pipeline.close("Timeout", detail)
  }

  /** Ends connections that nobody has used since the last call. */
  closeIdle(): void {
    for (const links of this.idle.values()) {
      for (const { pipeline } of links) pipeline.close("Closed", "nobody has used it for a while")
    }
    this.idle.clear()
  }

  private isKnown(address: string): boolean {
    return this.topology.nodes.some((node) => node.address === address)
  }
}

const mastersIn = ({ nodes, slots }: ClusterTopology): ReadonlyArray<string> => {
  const owners = new Set(slots)
  owners.delete(NO_OWNER)
  return Array.from(owners, (index) => nodes[index].address).toSorted()
}

const keyOf = ({ credentials, lane, protocol }: Flavor): string =>
  credentials === undefined
    ? `${protocol}${lane ?? ""}`
    : JSON.stringify([protocol, lane, credentials.map(String)])

const idleKeyOf = (address: string, flavor: Flavor): string => `${address} ${keyOf(flavor)}`
