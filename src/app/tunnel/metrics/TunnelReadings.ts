/** What a tunnel has counted, whatever its mode, for whoever watches over it. */
import type { CommandReadings, NodeReadings, ProxyReadings } from "../smart/ProxyReadings.ts"

export interface TunnelReadings extends Partial<
  Pick<ProxyReadings, "blockedClients" | "subscribedClients" | "clientsClosed" | "retried" | "maybeExecuted">
> {
  readonly startedAt: Date
  readonly clients: number
  readonly clientsAccepted: number
  readonly clientsRefused: number
  readonly bytesReceived: number
  readonly bytesSent: number
  readonly moved: number
  readonly asked: number
  readonly commands: ReadonlyArray<CommandReadings>
  readonly nodes: ReadonlyArray<Omit<NodeReadings, "role" | "pending"> & Partial<NodeReadings>>
}
