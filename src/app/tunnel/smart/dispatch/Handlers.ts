/** The commands that the proxy deals with itself, each with what deals with it. */
import type { ClientRegistry } from "../client/ClientRegistry.ts"
import type { ClientHandler } from "../client/ProxyClient.ts"
import { fanOutCommands } from "../fanout/FanOutCommands.ts"
import { subscriptionCommands } from "../pubsub/SubscriptionCommands.ts"
import { makeScan } from "../scan/ScanCommand.ts"
import type { ScanOrder } from "../scan/ScanOrder.ts"
import { scriptCommands } from "../script/ScriptCommands.ts"
import { ScriptMemory } from "../script/ScriptMemory.ts"
import { block, wait } from "../session/BlockingCommands.ts"
import { clientCommands } from "../session/ClientCommands.ts"
import { handshakeCommands } from "../session/Handshake.ts"
import { slowLogCommands } from "../slowlog/SlowLogCommands.ts"
import { configCommands } from "../stats/ConfigCommands.ts"
import { latencyCommands } from "../stats/LatencyCommands.ts"
import { streamCommands } from "../stream/Monitor.ts"
import { trackingCommands } from "../tracking/TrackingCommands.ts"
import { transactionCommands } from "../session/TransactionCommands.ts"
import { connectionCommands } from "./ConnectionCommands.ts"
import { type Handler, makeDispatcher } from "./Dispatcher.ts"
import { intercept } from "./Interception.ts"
import { learnAndRoute } from "./UnknownCommand.ts"

export interface Handlers {
  /** By the command table's names. */
  readonly byName: ReadonlyMap<string, Handler>
  readonly handler: ClientHandler
}

export const makeHandlers = (clients: ClientRegistry, scanOrder: ScanOrder): Handlers => {
  const byName = new Map<string, Handler>([
    ...connectionCommands,
    ...handshakeCommands,
    ...clientCommands(clients),
    ...transactionCommands,
    ...scriptCommands(new ScriptMemory()),
    ...fanOutCommands(clients),
    ...slowLogCommands,
    ...latencyCommands,
    ...configCommands,
    ...subscriptionCommands,
    ...streamCommands,
    ...trackingCommands(clients),
    ["scan", makeScan(scanOrder)],
    ["wait", wait]
  ])
  const handler = makeDispatcher({
    handlers: byName,
    intercept,
    onUnknown: learnAndRoute,
    onBlocking: block,
    onClosed: (client) => clients.delete(client)
  })
  return { byName, handler }
}
