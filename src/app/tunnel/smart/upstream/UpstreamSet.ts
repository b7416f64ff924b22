/** The connections of one flavor to all nodes, by the topology's numbers of them, so that a slot leads to its owner's in two steps. */
import type { ClusterTopology } from "../../../../protocol/ClusterTopology.ts"
import type { Flavor } from "./Flavor.ts"
import type { LinkOpener } from "./LinkOpener.ts"
import { UpstreamLink } from "./UpstreamLink.ts"

export class UpstreamSet {
  readonly flavor: Flavor
  private readonly opener: LinkOpener
  private topology: ClusterTopology
  private readonly links = new Map<string, UpstreamLink>()
  /** By the index of the node in the topology. */
  private byIndex: ReadonlyArray<UpstreamLink> = []
  private readonly retired = new Set<UpstreamLink>()

  constructor(flavor: Flavor, opener: LinkOpener, topology: ClusterTopology) {
    this.flavor = flavor
    this.opener = opener
    this.topology = topology
    this.apply(topology)
  }

  /** The connection to the slot's owner; `undefined` when it has none. */
  ofSlot(slot: number): UpstreamLink | undefined {
    return this.byIndex[this.topology.slots[slot]]
  }

  /** The connection to any node, in the topology or named by a redirection. */
  ofAddress(address: string): UpstreamLink {
    let link = this.links.get(address)
    if (link === undefined) {
      link = new UpstreamLink(address, this.flavor, this.opener)
      this.links.set(address, link)
    }
    return link
  }

  /** The connection to a node, if there is one. */
  get(address: string): UpstreamLink | undefined {
    return this.links.get(address)
  }

  all(): Iterable<UpstreamLink> {
    return this.links.values()
  }

  /** Routes by another topology from here on. */
  apply(topology: ClusterTopology): void {
    this.topology = topology
    this.byIndex = topology.nodes.map(({ address }) => this.ofAddress(address))
    const known = new Set(topology.nodes.map(({ address }) => address))
    for (const [address, link] of this.links) {
      if (known.has(address)) continue
      this.links.delete(address)
      this.retired.add(link)
    }
    this.sweep()
  }

  /** Ends the connections to nodes that have left, once their replies have come. */
  sweep(): void {
    for (const link of this.retired) if (link.retire()) this.retired.delete(link)
  }

  close(detail: string): void {
    for (const link of [...this.links.values(), ...this.retired]) link.abandon(detail)
  }
}
