/** CLIENT KILL, in its old form (an address) and its new (filters). */
import type { ClientRegistry } from "../client/ClientRegistry.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import * as Replies from "../dispatch/Replies.ts"
import type { Command } from "../request/Command.ts"
import { CLIENT_TYPES, typeOf } from "./ClientListing.ts"

const NO_SUCH_CLIENT = Replies.error("ERR No such client")
const BAD_ID = Replies.error("ERR client-id should be greater than 0")
const POSITIVE = /^[1-9]\d{0,18}$/

type Filter = (client: ProxyClient) => boolean

export const killClients = (clients: ClientRegistry, caller: ProxyClient, command: Command): void => {
  if (command.args.length === 3) {
    const found = clients.all().find(({ profile }) => profile.address === command.text(2))
    if (found === undefined) return caller.reply(NO_SUCH_CLIENT, command.entry)
    caller.reply(Replies.OK, command.entry)
    return end(found, caller)
  }
  const filters: Array<Filter> = []
  let isSkippingCaller = true
  for (let index = 2; index < command.args.length; index += 2) {
    if (index + 1 >= command.args.length) return caller.reply(Replies.SYNTAX, command.entry)
    if (command.word(index) === "SKIPME" && /^(YES|NO)$/.test(command.word(index + 1))) {
      isSkippingCaller = command.word(index + 1) === "YES"
      continue
    }
    const value = command.text(index + 1)
    if (command.word(index) === "USER" && !isUser(clients, caller, value)) {
      return caller.reply(Replies.error(`ERR No such user '${value}'`), command.entry)
    }
    const filter = filterOf(command.word(index), value)
    if (filter instanceof Uint8Array) return caller.reply(filter, command.entry)
    filters.push(filter)
  }
  const chosen = clients
    .all()
    .filter((each) => !(isSkippingCaller && each === caller) && filters.every((filter) => filter(each)))
  caller.reply(Replies.integer(chosen.length), command.entry)
  for (const each of chosen) end(each, caller)
}

/** Whom somebody is logged in as, or could be; the cluster's other users have no client to kill. */
const isUser = (clients: ClientRegistry, { context }: ProxyClient, name: string): boolean =>
  name === "default" ||
  (context.access.kind === "users" && context.access.users.has(name)) ||
  clients.all().some(({ profile }) => profile.user === name)

const filterOf = (name: string, value: string): Filter | Buffer => {
  switch (name) {
    case "ID":
      return POSITIVE.test(value) ? ({ profile }) => profile.id === Number(value) : BAD_ID
    case "TYPE":
      return CLIENT_TYPES.has(value.toLowerCase())
        ? (client) => typeOf(client) === value.toLowerCase()
        : Replies.error(`ERR Unknown client type '${value}'`)
    case "USER":
      return ({ profile }) => profile.user === value
    case "ADDR":
      return ({ profile }) => profile.address === value
    case "LADDR":
      return ({ profile }) => profile.localAddress === value
    default:
      return Replies.SYNTAX
  }
}

/** One that kills itself still gets the reply. */
const end = (client: ProxyClient, caller: ProxyClient): void => {
  if (client === caller) client.closeAfterReplies("killed", `by itself`)
  else client.close("killed", `by client ${caller.profile.id}`)
}
