/** SLOWLOG, of the cluster as one server. */
import * as Resp from "../../../../protocol/Resp.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import { askEach, decoded, fanOut } from "../dispatch/FanOut.ts"
import { forward } from "../dispatch/Forward.ts"
import * as Replies from "../dispatch/Replies.ts"
import { pairsOf } from "../fanout/Pairs.ts"
import type { Command } from "../request/Command.ts"
import { isAnsweredHere } from "../stats/OwnCommands.ts"
import type { NumberedEntry } from "./SlowLog.ts"
import { parseEntries, type SlowLogEntry, toReply } from "./SlowLogEntry.ts"

const GET_SETTINGS = ["CONFIG", "GET", "slowlog-*"] as const
const ASK_SETTINGS = Replies.command(...GET_SETTINGS)
const ASK_ENTRIES = Replies.command("SLOWLOG", "GET", "-1")
const DEFAULT_COUNT = 10
const COUNT = /^(-1|\d{1,18})$/

/** What the proxy says to the masters on its own account, and never passes on from a client. */
const isOurs = ({ args }: SlowLogEntry): boolean => {
  const words = args.map((argument) => Buffer.from(argument).toString("latin1"))
  const [name, subcommand] = words.map((word) => word.toLowerCase())
  if (words.length === GET_SETTINGS.length && words.every((word, index) => word === GET_SETTINGS[index])) {
    return true
  }
  return (
    ["asking", "cluster", "hello"].includes(name) ||
    isAnsweredHere(name) ||
    (subcommand !== undefined && isAnsweredHere(`${name}|${subcommand}`))
  )
}

/** The whole log; an error of a master is the answer instead. */
const read = (
  client: ProxyClient,
  command: Command,
  answer: (entries: ReadonlyArray<NumberedEntry>) => Buffer
): void => {
  const { slowLog } = client.context
  // Without the command at hand.
  const { answered } = slowLog
  const turn = client.turnFor(command.entry, -1, command.bytes, command.start, command.end)
  askEach(client, command.entry, ASK_ENTRIES, "all-masters", (replies, addresses) => {
    const values = replies.map(decoded)
    const failed = values.findIndex(Resp.isError)
    if (failed >= 0) return turn.answer(replies[failed])
    const logs = values.map((value, index) =>
      parseEntries(addresses[index], value).filter((entry) => !isOurs(entry))
    )
    // After the entries: it may be one itself, and push out the last of a short log.
    askEach(client, command.entry, ASK_SETTINGS, "all-masters", ([settings]) => {
      slowLog.configure(
        pairsOf(decoded(settings)).flatMap((pair) => pair.map((value) => Resp.text(value) ?? ""))
      )
      turn.answer(answer(slowLog.read([...logs, answered])))
    })
  })
}

const get: Handler = (client, command) => {
  const given = command.args.length > 2 ? command.text(2) : String(DEFAULT_COUNT)
  // The server says what is wrong with it.
  if (command.args.length > 3 || !COUNT.test(given)) return void forward(client, command, -1)
  const count = given === "-1" ? Infinity : Number(given)
  read(client, command, (entries) =>
    Replies.encode(
      Resp.array(entries.slice(0, count).map(({ entry, number }) => toReply(entry, number))),
      client.profile.protocol
    )
  )
}

const length: Handler = (client, command) =>
  read(client, command, (entries) => Replies.integer(entries.length))

const reset: Handler = (client, command) => {
  client.context.slowLog.reset()
  fanOut(client, command)
}

export const slowLogCommands: ReadonlyArray<readonly [name: string, handler: Handler]> = [
  ["slowlog|get", get],
  ["slowlog|len", length],
  ["slowlog|reset", reset]
]
