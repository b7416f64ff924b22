/** The commands that the proxy deals with itself, each with what deals with it. */
import type { ClientRegistry } from "../client/ClientRegistry.ts"
import type { ClientHandler } from "../client/ProxyClient.ts"
import type { ProxyContext } from "../ProxyContext.ts"
import { connectionCommands } from "./ConnectionCommands.ts"
import { type Handler, makeDispatcher } from "./Dispatcher.ts"
import { forward } from "./Forward.ts"

const handlers: ReadonlyMap<string, Handler> = new Map(connectionCommands)

/** Named as in the command table. */
export const specialCommands: ReadonlySet<string> = new Set(handlers.keys())

export const makeHandler = (_context: ProxyContext, clients: ClientRegistry): ClientHandler =>
  makeDispatcher({
    handlers,
    intercept: () => false,
    onUnknown: (client, command) => void forward(client, command, -1),
    onBlocking: (client, command) => void forward(client, command, -1),
    onClosed: (client) => clients.delete(client)
  })
