/** What sending a command takes: who serves what, how to go on after a failure, and what is known of commands. */
import type { ConnectionPool } from "../connection/ConnectionPool.ts"
import type { CommandKnowledge } from "./CommandKnowledge.ts"
import type { Broadcast } from "./FanOut.ts"
import type { Recovery } from "./Recovery.ts"
import type { Router } from "./Router.ts"
import type { TopologyRef } from "./topology/TopologyRef.ts"

export interface Routing {
  /** Slots matter: false for one server. */
  readonly isCluster: boolean
  readonly router: Router
  readonly topology: TopologyRef
  readonly recovery: Recovery
  readonly broadcast: Broadcast
  readonly pool: ConnectionPool
  readonly knowledge: CommandKnowledge
}
