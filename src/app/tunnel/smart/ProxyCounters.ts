/** What the proxy counts apart from its commands, as plain fields that are added to where it happens. */
import type { ClosedBecause } from "./ProxyEvent.ts"

export class ProxyCounters {
  readonly startedAt = new Date()
  clientsAccepted = 0
  clientsRefused = 0
  readonly clientsClosed = new Map<ClosedBecause, number>()
  bytesReceived = 0
  bytesSent = 0
  moved = 0
  asked = 0
  retried = 0
  maybeExecuted = 0

  onClosed(because: ClosedBecause): void {
    this.clientsClosed.set(because, (this.clientsClosed.get(because) ?? 0) + 1)
  }
}
