/** Commands for several nodes whose answers are made into one in a way of their own. */
import * as Resp from "../../../../protocol/Resp.ts"
import { isNull, type RespValue } from "../../../../protocol/Resp.ts"
import type { ClientRegistry } from "../client/ClientRegistry.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import { merged } from "../dispatch/Merged.ts"
import { forward } from "../dispatch/Forward.ts"
import * as Replies from "../dispatch/Replies.ts"
import { debug } from "./DebugCommand.ts"
import { makeInfo } from "./InfoCommand.ts"

/** Any master's, but not always the same one's. */
const randomkey = merged((values) => {
  const keys = values.filter((value) => !isNull(value))
  return keys[Math.floor(Math.random() * keys.length)] ?? values[0]
})

/** Pairs of a name and a number, the numbers of one name added up. */
const sumsByName = merged((values) => {
  const sums = new Map<string, { readonly name: RespValue; sum: number }>()
  for (const value of values) {
    const items = Resp.elements(value) ?? []
    for (let index = 0; index + 1 < items.length; index += 2) {
      const text = Resp.text(items[index]) ?? ""
      const known = sums.get(text)
      const count = Number(items[index + 1].value)
      if (known === undefined) sums.set(text, { name: items[index], sum: count })
      else known.sum += count
    }
  }
  return Resp.array([...sums.values()].flatMap(({ name, sum }) => [name, Resp.integer(sum)]))
})

/** A function runs at one node at most, as a rule; its node's answer is the one to show. */
const functionStats = merged((values) => values.find((value) => !isNull(runningScript(value))) ?? values[0])

const runningScript = (value: RespValue): RespValue => {
  if (value._tag === "Map") return value.value[0]?.[1] ?? Resp.nullValue
  return Resp.elements(value)?.[1] ?? Resp.nullValue
}

/** Numbers added up, name by name; what is none is the first server's. */
const memoryStats = merged((values) => values.reduce(addUp))

const addUp = (a: RespValue, b: RespValue): RespValue => {
  if (a._tag === "Integer" && b._tag === "Integer") return Resp.integer(BigInt(a.value) + BigInt(b.value))
  if (a._tag === "Map" && b._tag === "Map") {
    const others = new Map(b.value.map(([name, value]) => [Resp.text(name), value]))
    return Resp.map(
      a.value.map(([name, value]) => {
        const other = others.get(Resp.text(name))
        return [name, other === undefined ? value : addUp(value, other)]
      })
    )
  }
  const [some, more] = [Resp.elements(a), Resp.elements(b)]
  if (some === undefined || more === undefined || some.length !== more.length) return a
  return Resp.array(some.map((value, index) => (index % 2 === 0 ? value : addUp(value, more[index]))))
}

/** A master without replicas: those of the cluster hold a part each, and are no affair of the clients. */
const role = merged(([first]) => {
  const [name, offset] = Resp.elements(first) ?? []
  return Resp.array([name ?? Resp.nullValue, offset ?? Resp.nullValue, Resp.array([])])
})

/** All publish and subscribe at one node, so it knows them all. */
const anywhere: Handler = (client, command) => void forward(client, command, -1)

/** A server's own affair, that no client of one server out of several should settle. */
const refused: Handler = (client, command) =>
  client.reply(
    Replies.error(`ERR ${command.name.toUpperCase().replace("|", " ")} is not available through this proxy`),
    command.entry
  )

export const fanOutCommands = (
  clients: ClientRegistry
): ReadonlyArray<readonly [name: string, handler: Handler]> => [
  ["info", makeInfo(clients)],
  ["debug", debug],
  ["randomkey", randomkey],
  ["role", role],
  ["memory|stats", memoryStats],
  ["function|stats", functionStats],
  ["pubsub|channels", anywhere],
  ["pubsub|numsub", anywhere],
  ["pubsub|numpat", anywhere],
  ["pubsub|shardnumsub", sumsByName],
  ["shutdown", refused],
  ["failover", refused],
  ["replicaof", refused],
  ["slaveof", refused],
  ["sync", refused],
  ["psync", refused],
  ["replconf", refused]
]
