/**
 * The replies that name nodes of a cluster, with other places for the nodes:
 * CLUSTER SLOTS, SHARDS, NODES and REPLICAS, MOVED and ASK. Pure.
 *
 * What is not of the form that Redis gives them (an error, for one) is handed
 * back as it is, and so is a node without an address.
 */

import { parseRedirectionError } from "../../../protocol/Redirection.ts"
import * as Resp from "../../../protocol/Resp.ts"
import type { RespValue } from "../../../protocol/Resp.ts"

export interface Place {
  readonly host: string
  readonly port: number
}

/**
 * Where a node is to be looked for instead; `undefined` leaves it as it is. The
 * host is empty or `?` when the server does not know by which name it is known.
 */
export type Replace = (node: Place) => Place | undefined

/** How a client of the tunnel speaks, and so which port of a shard it looks at. */
export interface PortNames {
  /** In what the server says. */
  readonly isServerTls: boolean
  /** In what the client is told. */
  readonly isClientTls: boolean
}

/** `*N [first, last, [host, port, id, metadata], ...]` */
export const replaceSlots = (reply: RespValue, replace: Replace): RespValue =>
  mapArray(reply, (range) =>
    mapArray(range, (member, index) => (index < 2 ? member : replaceSlotsNode(member, replace)))
  )

const replaceSlotsNode = (node: RespValue, replace: Replace): RespValue => {
  if (node._tag !== "Array" || node.value.length < 2) return node
  const [host, port, ...rest] = node.value
  const place = placed(textOf(host), numberOf(port), replace)
  return place === undefined
    ? node
    : // Behind the id stand further names of the node, which lead past the tunnel.
      Resp.array([Resp.bulkString(place.host), Resp.integer(place.port), ...rest.map(emptied)])
}

const emptied = (value: RespValue): RespValue =>
  value._tag === "Map" ? Resp.map([]) : value._tag === "Array" ? Resp.array([]) : value

/** An array (RESP2) or maps (RESP3) of `slots`, and of `nodes` with their fields. */
export const replaceShards = (reply: RespValue, replace: Replace, ports: PortNames): RespValue =>
  mapArray(reply, (shard) =>
    mapFields(shard, (fields) =>
      fields.map(([name, value]) =>
        Resp.text(name) === "nodes"
          ? [
              name,
              mapArray(value, (node) => mapFields(node, (fields) => replaceShardNode(fields, replace, ports)))
            ]
          : [name, value]
      )
    )
  )

type Fields = ReadonlyArray<readonly [RespValue, RespValue]>

const replaceShardNode = (fields: Fields, replace: Replace, ports: PortNames): Fields => {
  const find = (wanted: string): RespValue | undefined =>
    fields.find(([name]) => Resp.text(name) === wanted)?.[1]
  const port = (ports.isServerTls ? find("tls-port") : undefined) ?? find("port") ?? find("tls-port")
  const endpoint = textOf(find("endpoint"))
  const host = endpoint === "" || endpoint === "?" ? textOf(find("ip")) : endpoint
  const place = placed(host, numberOf(port), replace)
  if (place === undefined) return fields
  const portName = ports.isClientTls ? "tls-port" : "port"
  return fields.flatMap(([name, value], index): Fields => {
    switch (Resp.text(name)) {
      case "port":
      case "tls-port":
        return index === fields.findIndex(([name]) => /^(tls-)?port$/.test(Resp.text(name) ?? ""))
          ? [[Resp.bulkString(portName), Resp.integer(place.port)]]
          : []
      case "ip":
      case "endpoint":
        return [[name, Resp.bulkString(place.host)]]
      case "hostname":
        return []
      default:
        return [[name, value]]
    }
  })
}

/** Lines of `id host:port@bus,name flags ...`, in one text. */
export const replaceNodes = (reply: RespValue, replace: Replace): RespValue => {
  if (reply._tag !== "BulkString" && reply._tag !== "VerbatimString") return reply
  const lines = Resp.utf8(reply.value).split("\n")
  return { ...reply, value: Buffer.from(lines.map((line) => replaceNodesLine(line, replace)).join("\n")) }
}

/** The same lines, an array of them. */
export const replaceReplicas = (reply: RespValue, replace: Replace): RespValue =>
  mapArray(reply, (line) => replaceNodes(line, replace))

const replaceNodesLine = (line: string, replace: Replace): string => {
  const [id, address = "", ...rest] = line.split(" ")
  const node = parseNodesAddress(address)
  const place = node === undefined ? undefined : replace(node)
  if (node === undefined || place === undefined) return line
  return [id, `${place.host}:${place.port}${node.bus}`, ...rest].join(" ")
}

export interface NodesAddress extends Place {
  /** `@` and the port of the cluster bus; empty before Redis 4. */
  readonly bus: string
  /** The announced name; empty when there is none. */
  readonly hostname: string
}

/** `host:port@bus,name`; `undefined` when the cluster has lost the node's address (`:0@0`). */
export const parseNodesAddress = (address: string): NodesAddress | undefined => {
  const [, host = "", port, bus = "", hostname = ""] =
    /^(.*):(\d{1,5})(@\d+)?(?:,([^,]*))?(?:,.*)?$/.exec(address) ?? []
  return port === undefined || Number(port) === 0 ? undefined : { host, port: Number(port), bus, hostname }
}

/** The text of an error reply: a redirection that leads to the other place, or the error as it is. */
export const replaceRedirection = (error: string, replace: Replace): string => {
  const redirection = parseRedirectionError(error)
  const place = redirection === undefined ? undefined : replace(redirection)
  if (redirection === undefined || place === undefined) return error
  return `${redirection.kind} ${redirection.slot} ${place.host}:${place.port}`
}

const placed = (host: string, port: number, replace: Replace): Place | undefined =>
  port > 0 ? replace({ host, port }) : undefined

const textOf = (value: RespValue | undefined): string => (value === undefined ? "" : (Resp.text(value) ?? ""))

const numberOf = (value: RespValue | undefined): number =>
  value?._tag === "Integer" ? Number(value.value) : 0

const mapArray = (reply: RespValue, change: (value: RespValue, index: number) => RespValue): RespValue =>
  reply._tag === "Array" ? Resp.array(reply.value.map(change)) : reply

/** A map, or what RESP2 has for one. */
const mapFields = (value: RespValue, change: (fields: Fields) => Fields): RespValue => {
  if (value._tag === "Map") return Resp.map(change(value.value))
  if (value._tag !== "Array" || value.value.length % 2 === 1) return value
  const { value: flat } = value
  const fields = flat.flatMap((name, index): Fields => (index % 2 === 0 ? [[name, flat[index + 1]]] : []))
  return Resp.array(change(fields).flat())
}
