/** The commands by which transactions begin, and those that have nothing to end. */
import type { Handler } from "../dispatch/Dispatcher.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import * as Replies from "../dispatch/Replies.ts"
import { Transaction } from "./Transaction.ts"

const transactionOf = (client: ProxyClient): Transaction =>
  client.sessions.transaction instanceof Transaction ? client.sessions.transaction : new Transaction(client)

const unwatch: Handler = (client, command) => {
  if (client.sessions.transaction instanceof Transaction) client.sessions.transaction.unwatch(command)
  else client.reply(Replies.OK, command.entry)
}

const without =
  (name: string): Handler =>
  (client, { entry }) =>
    client.reply(Replies.error(`ERR ${name} without MULTI`), entry)

export const transactionCommands: ReadonlyArray<readonly [name: string, handler: Handler]> = [
  ["watch", (client, command) => transactionOf(client).watchKeys(command)],
  ["multi", (client, command) => transactionOf(client).multi(command)],
  ["unwatch", unwatch],
  ["exec", without("EXEC")],
  ["discard", without("DISCARD")]
]
