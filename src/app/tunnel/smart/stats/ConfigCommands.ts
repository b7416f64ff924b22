/** CONFIG for all nodes, where the proxy has to know of it too, or to keep it from them. */
import * as Resp from "../../../../protocol/Resp.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import { askEach, decoded, fanOut, firstError } from "../dispatch/FanOut.ts"
import * as Replies from "../dispatch/Replies.ts"
import { pairsOf } from "../fanout/Pairs.ts"
import type { Command } from "../request/Command.ts"

/** Settings in which nodes have to differ: set alike everywhere, they would break the cluster. */
const OF_EACH_NODE =
  /^(port|tls-port|bind|bind-source-addr|dir|(cluster|replica|slave)-announce-(ip|hostname|port|tls-port|bus-port))$/i

interface Setting {
  readonly name: Buffer
  readonly value: Buffer
}

const settingsIn = ({ args }: Command): ReadonlyArray<Setting> =>
  args.slice(2).flatMap((name, index, words) => (index % 2 === 0 ? [{ name, value: words[index + 1] }] : []))

const set: Handler = (client, command) => {
  const settings = settingsIn(command)
  const own = settings.filter(({ name }) => OF_EACH_NODE.test(String(name)))
  // The server says what is wrong with it.
  if (own.length === 0 || command.args.length % 2 === 1) return setAll(client, command)
  const turn = client.turnFor(command.entry, -1, command.bytes, command.start, command.end)
  findChanged(client, own, (changed) => {
    if (changed !== undefined) return turn.answer(refusal(changed))
    const shared = settings.filter((setting) => !own.includes(setting))
    if (shared.length === 0) return turn.answer(Replies.OK)
    const bytes = Replies.command("CONFIG", "SET", ...shared.flatMap(({ name, value }) => [name, value]))
    askEach(client, command.entry, bytes, "all-nodes", (replies) =>
      turn.answer(firstError(replies) ?? Replies.OK)
    )
  })
}

const setAll: Handler = (client, command) => {
  client.context.slowLog.configure(command.args.slice(2).map(String))
  fanOut(client, command)
}

/** The first that has another value at the master whose settings CONFIG GET shows. */
const findChanged = (
  client: ProxyClient,
  settings: ReadonlyArray<Setting>,
  found: (setting: Setting | undefined) => void
): void => {
  const names = settings.map(({ name }) => String(name).toLowerCase())
  askEach(client, undefined, Replies.command("CONFIG", "GET", ...names), "all-masters", ([first]) => {
    const values = new Map(
      pairsOf(decoded(first)).map(([name, value]) => [Resp.text(name), Resp.text(value)])
    )
    found(settings.find(({ name, value }) => values.get(String(name).toLowerCase()) !== String(value)))
  })
}

const refusal = ({ name }: Setting): Buffer => {
  const reason = /port$/i.test(String(name))
    ? "Unable to listen on this port with every node"
    : "Each node has its own"
  return Replies.error(`ERR CONFIG SET failed (possibly related to argument '${String(name)}') - ${reason}`)
}

const resetStatistics: Handler = (client, command) => {
  client.context.ownCommands.reset()
  fanOut(client, command)
}

export const configCommands: ReadonlyArray<readonly [name: string, handler: Handler]> = [
  ["config|set", set],
  ["config|resetstat", resetStatistics]
]
