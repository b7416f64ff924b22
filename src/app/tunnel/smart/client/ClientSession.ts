/** A state of a client in which its commands mean something else: a transaction, subscriptions, MONITOR, tracking. */
import type { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import type { Command } from "../request/Command.ts"
import type { OpenedLink } from "../upstream/LinkOpener.ts"

export interface ClientSession {
  /** Deals with the command, or leaves it to whoever comes next (false). */
  intercept(command: Command): boolean
  /** Its next command is to be intercepted, although it may be an ordinary one. */
  readonly hasCaching?: boolean
  /** CLIENT CACHING that the client has said ahead of what comes now. */
  takeCaching?(): Buffer | undefined
  /** A command has been refused before the session has seen it. */
  onRefused?(): void
  /** The client speaks another protocol from now on. */
  onProtocol?(): void
  /** A connection of the session's own, for what would otherwise have one to itself. */
  lease?(address: string, leased: (link: OpenedLink | PipelineFailure) => void): void
  owns?(link: OpenedLink): boolean
  /** The client is gone, or has said RESET: what the session holds is given up. */
  end(): void
}
