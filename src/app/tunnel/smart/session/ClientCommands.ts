/** CLIENT, of the proxy's clients: who they are, and what may be done about each other. */
import type { ClientRegistry } from "../client/ClientRegistry.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import { forward } from "../dispatch/Forward.ts"
import * as Replies from "../dispatch/Replies.ts"
import * as Resp from "../../../../protocol/Resp.ts"
import type { Command } from "../request/Command.ts"
import { PartRequest } from "../upstream/PartRequest.ts"
import { blockedAt } from "./BlockingCommands.ts"
import { CLIENT_TYPES, describeClient, typeOf } from "./ClientListing.ts"
import { isClientName, NAME_REFUSED } from "./ClientName.ts"
import { killClients } from "./ClientKill.ts"
import { pauseCommands } from "./PauseCommands.ts"

const INVALID_ID = Replies.error("ERR Invalid client ID")
const UNBLOCK_REFUSED = Replies.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
const INTEGER = /^-?\d{1,18}$/

const verbatim = (client: ProxyClient, text: string): Buffer =>
  Replies.encode(Resp.verbatimString("txt", Buffer.from(text)), client.profile.protocol)

const setname: Handler = (client, command) => {
  const name = command.text(2)
  if (!isClientName(name)) return client.reply(NAME_REFUSED, command.entry)
  client.profile.name = name
  client.reply(Replies.OK, command.entry)
}

const getname: Handler = (client, { entry }) => {
  const { name, protocol } = client.profile
  client.reply(name === "" ? Replies.nil(protocol) : Replies.bulk(name), entry)
}

const reply: Handler = (client, command) => {
  const mode = command.word(2)
  if (mode !== "ON" && mode !== "OFF" && mode !== "SKIP") return client.reply(Replies.SYNTAX, command.entry)
  const isOff = client.replyMode === "off"
  client.replyMode = mode === "ON" ? "on" : mode === "OFF" || isOff ? "off" : "skip"
  client.refresh()
  if (mode === "ON") client.reply(Replies.OK, command.entry)
}

/** ON or OFF. */
const mode =
  (set: (client: ProxyClient, isOn: boolean) => void): Handler =>
  (client, command) => {
    const word = command.word(2)
    if (word !== "ON" && word !== "OFF") return client.reply(Replies.SYNTAX, command.entry)
    set(client, word === "ON")
    client.reply(Replies.OK, command.entry)
  }

/** What a server of a version that knows it keeps; one that does not says so itself. */
const setinfo: Handler = (client, command) => {
  const field = command.word(2)
  const value = command.text(3)
  if (field !== "LIB-NAME" && field !== "LIB-VER") {
    return client.reply(Replies.error(`ERR Unrecognized option '${command.text(2)}'`), command.entry)
  }
  if (!isClientName(value)) {
    return client.reply(
      Replies.error(`ERR ${field.toLowerCase()} cannot contain spaces, newlines or special characters.`),
      command.entry
    )
  }
  if (field === "LIB-NAME") client.profile.libraryName = value
  else client.profile.libraryVersion = value
  client.reply(Replies.OK, command.entry)
}

const makeList =
  (clients: ClientRegistry): Handler =>
  (client, command) => {
    const { entry } = command
    let chosen = clients.all()
    if (command.args.length === 4 && command.word(2) === "TYPE") {
      const type = command.text(3).toLowerCase()
      if (!CLIENT_TYPES.has(type)) {
        return client.reply(Replies.error(`ERR Unknown client type '${command.text(3)}'`), entry)
      }
      chosen = chosen.filter((each) => typeOf(each) === type)
    } else if (command.args.length > 3 && command.word(2) === "ID") {
      const ids = command.args.slice(3).map(String)
      if (!ids.every((id) => INTEGER.test(id))) return client.reply(INVALID_ID, entry)
      chosen = ids.flatMap((id) => clients.get(Number(id)) ?? [])
    } else if (command.args.length !== 2) return client.reply(Replies.SYNTAX, entry)
    client.reply(
      verbatim(
        client,
        chosen.map((each) => `${describeClient(each, each === client ? command : undefined)}\n`).join("")
      ),
      entry
    )
  }

/** At the server, the client is the connection that its command waits on. */
const makeUnblock =
  (clients: ClientRegistry): Handler =>
  (client, command) => {
    const reason = command.args.length > 3 ? command.word(3) : "TIMEOUT"
    if (reason !== "TIMEOUT" && reason !== "ERROR") return client.reply(UNBLOCK_REFUSED, command.entry)
    if (!INTEGER.test(command.text(2))) return client.reply(Replies.NOT_AN_INTEGER, command.entry)
    const target = clients.get(Number(command.text(2)))
    const link = target === undefined ? undefined : blockedAt(target)
    if (link === undefined) return client.reply(Replies.integer(0), command.entry)
    const turn = client.turnFor(command.entry, -1, command.bytes, command.start, command.end)
    const { recovery } = client.context
    const request = new PartRequest(
      client.set,
      { ...recovery, onErrorReply: () => false, onLost: () => turn.answer(Replies.integer(0)) },
      command.entry,
      -1,
      Replies.command("CLIENT", "UNBLOCK", link.clientId, reason),
      (answer) => turn.answer(answer)
    )
    request.sendTo(
      client.context.sets.sharedSet({ protocol: 2, credentials: undefined }).ofAddress(link.address)
    )
  }

/** A subcommand that only later servers know is theirs to refuse. */
const ifServerKnows =
  (handler: Handler): Handler =>
  (client, command) =>
    client.profile.knowsLibraries ? handler(client, command) : void forward(client, command, -1)

const LATER: ReadonlyMap<string, { readonly arity: number; readonly handler: Handler }> = new Map([
  ["SETINFO", { arity: 4, handler: ifServerKnows(setinfo) }],
  [
    "NO-TOUCH",
    { arity: 3, handler: ifServerKnows(mode(({ profile }, isOn) => void (profile.isNoTouch = isOn))) }
  ]
])

/** CLIENT with a subcommand that the table does not know. */
const client: Handler = (caller, command) => {
  const later = LATER.get(command.word(1))
  if (later === undefined || later.arity !== command.args.length) return void forward(caller, command, -1)
  later.handler(caller, command)
}

export const clientCommands = (
  clients: ClientRegistry
): ReadonlyArray<readonly [name: string, handler: Handler]> => [
  ["client", client],
  ["client|id", (caller, { entry }) => caller.reply(Replies.integer(caller.profile.id), entry)],
  ["client|setname", setname],
  ["client|getname", getname],
  [
    "client|info",
    (caller, command) => caller.reply(verbatim(caller, `${describeClient(caller, command)}\n`), command.entry)
  ],
  ["client|list", makeList(clients)],
  ["client|kill", (caller, command: Command) => killClients(clients, caller, command)],
  ["client|reply", reply],
  ["client|no-evict", mode(({ profile }, isOn) => void (profile.isNoEvict = isOn))],
  ["client|no-touch", mode(({ profile }, isOn) => void (profile.isNoTouch = isOn))],
  ["client|setinfo", setinfo],
  ...pauseCommands,
  ["client|unblock", makeUnblock(clients)]
]
