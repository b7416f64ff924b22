/** A state of a client in which its commands mean something else: a transaction, subscriptions, MONITOR, tracking. */
import type { Command } from "../request/Command.ts"

export interface ClientSession {
  /** Deals with the command, or leaves it to whoever comes next (false). */
  intercept(command: Command): boolean
  /** The client is gone, or has said RESET: what the session holds is given up. */
  end(): void
}
