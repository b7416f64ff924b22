/** What sending a command takes: who serves what, how to go on after a failure, and what is known of commands. */
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import type { ConnectionPool } from "../connection/ConnectionPool.ts"
import type { RetryPolicy } from "./Backoff.ts"
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
  readonly retryPolicy: RetryPolicy
  readonly fork: Fork
}

/** Has an effect go on by itself, from the next turn of the scheduler on, until the client is closed. */
export type Fork = (effect: Effect.Effect<void>) => void

export const makeFork: Effect.Effect<Fork, never, Scope.Scope> = Effect.map(
  FiberSet.makeRuntime<never, void>(),
  (run) => (effect) => void run(effect, { immediate: false })
)
