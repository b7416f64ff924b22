/** From a slot to the node that a command for it goes to; plain reads of the routing table, on the path of every command. */
import type { ReadFrom } from "./ClusterConfig.ts"
import type { Node } from "./NodeRegistry.ts"
import type { TopologyRef } from "./topology/TopologyRef.ts"

export interface Router {
  /** The node for a first attempt; for a negative slot any master. `undefined`: nobody serves the slot. */
  route(slot: number, isRead: boolean): Node | undefined
  /** The node after an attempt has failed: the master, unless reads go to replicas alone. */
  reroute(slot: number, isRead: boolean): Node | undefined
}

export const make = (topology: TopologyRef, readFrom: ReadFrom): Router => {
  let turn = 0
  /** In turn, and those that have stopped answering only when all have. */
  const next = (nodes: ReadonlyArray<Node>): Node | undefined => {
    for (let tries = 0; tries < nodes.length; tries++) {
      const node = nodes[turn++ % nodes.length]
      if (!node.isSuspect) return node
    }
    return nodes[turn++ % nodes.length]
  }

  const routeToMaster = (slot: number): Node | undefined => {
    const table = topology.unsafeGet()
    return slot >= 0 ? table.nodes[table.topology.slots[slot]] : next(table.masters)
  }

  if (readFrom === "master") return { route: routeToMaster, reroute: routeToMaster }

  const routeToReplica = (slot: number, isRead: boolean): Node | undefined => {
    if (!isRead || slot < 0) return routeToMaster(slot)
    const table = topology.unsafeGet()
    const replicas = table.replicas[table.topology.slots[slot]]?.filter((node) => !node.isSuspect) ?? []
    return replicas.length > 0 ? next(replicas) : readFrom === "replica" ? undefined : routeToMaster(slot)
  }
  return { route: routeToReplica, reroute: readFrom === "replica" ? routeToReplica : routeToMaster }
}
