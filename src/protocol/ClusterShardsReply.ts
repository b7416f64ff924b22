/**
 * A reply to CLUSTER SHARDS (Redis 7), put into the form of CLUSTER SLOTS, so
 * that one reader makes a topology of either.
 *
 * CLUSTER SLOTS is asked first: every server with a cluster has it, and in
 * Redis 7.0 CLUSTER SHARDS of a replica may leave out the slots of its shard.
 *
 * Source: https://redis.io/docs/latest/commands/cluster-shards/
 */
import * as Resp from "./Resp.ts"
import type { RespValue } from "./Resp.ts"

/** What cannot be read is left as it is, for the reader of CLUSTER SLOTS to refuse. Never throws. */
export const asClusterSlots = (reply: RespValue, isTls: boolean): RespValue => {
  const shards = Resp.elements(reply)
  return shards === undefined ? reply : Resp.array(shards.flatMap((shard) => entriesOf(shard, isTls)))
}

const entriesOf = (shard: RespValue, isTls: boolean): ReadonlyArray<RespValue> => {
  const fields = fieldsOf(shard)
  const ranges = Resp.elements(fields.get("slots") ?? Resp.nullValue)
  const nodes = Resp.elements(fields.get("nodes") ?? Resp.nullValue)
  if (ranges === undefined || nodes === undefined) return [shard]
  const usable = nodes.map(fieldsOf).filter((node) => wordOf(node, "health") !== "fail")
  // CLUSTER SLOTS names the master first; this reply names nodes in any order.
  const ordered = [
    ...usable.filter((node) => wordOf(node, "role") === "master"),
    ...usable.filter((node) => wordOf(node, "role") !== "master")
  ].map((node) => nodeOf(node, isTls))
  const hasMaster = usable.some((node) => wordOf(node, "role") === "master")
  if (!hasMaster) return []
  return Array.from({ length: Math.floor(ranges.length / 2) }, (_, index) =>
    Resp.array([ranges[index * 2], ranges[index * 2 + 1], ...ordered])
  )
}

/** `[endpoint, port, id, [hostname, ..., ip, ...]]`. */
const nodeOf = (node: Fields, isTls: boolean): RespValue => {
  const port = (isTls ? node.get("tls-port") : undefined) ?? node.get("port") ?? node.get("tls-port")
  const metadata = ["hostname", "ip"].flatMap((name) => {
    const value = node.get(name)
    return value === undefined ? [] : [Resp.bulkString(name), value]
  })
  return Resp.array([
    node.get("endpoint") ?? node.get("ip") ?? Resp.nullValue,
    port ?? Resp.nullValue,
    node.get("id") ?? Resp.nullValue,
    Resp.array(metadata)
  ])
}

type Fields = ReadonlyMap<string | undefined, RespValue>

/** From RESP3's map or RESP2's flat array. */
const fieldsOf = (value: RespValue): Fields => {
  if (value._tag === "Map") return new Map(value.value.map(([name, content]) => [Resp.text(name), content]))
  const flat = Resp.elements(value) ?? []
  return new Map(
    Array.from({ length: Math.floor(flat.length / 2) }, (_, index) => [
      Resp.text(flat[index * 2]),
      flat[index * 2 + 1]
    ])
  )
}

const wordOf = (fields: Fields, name: string): string | undefined =>
  Resp.text(fields.get(name) ?? Resp.nullValue)
