/** What sending a command takes: who serves what, how to go on after a failure, and what is known of commands. */
import type { ConnectionPool } from "../connection/ConnectionPool.ts"
import type { CommandKnowledge } from "./CommandKnowledge.ts"
import type { Broadcast } from "./FanOut.ts"
import type { Node } from "./NodeRegistry.ts"
import type { Recovery } from "./Recovery.ts"
import type { TopologyRef } from "./TopologyRef.ts"

export interface Routing {
  /** Slots matter: false for one server. */
  readonly isCluster: boolean
  /** The node that serves a slot, or for a negative one any that will do. On the hot path. */
  readonly route: (slot: number) => Node | undefined
  readonly topology: TopologyRef
  readonly recovery: Recovery
  readonly broadcast: Broadcast
  readonly pool: ConnectionPool
  readonly knowledge: CommandKnowledge
}
