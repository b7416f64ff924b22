/** The replies of the cluster commands. */
import type * as Option from "effect/Option"
import { elements } from "../../protocol/Resp.ts"
import * as FromResp from "../reply/FromResp.ts"
import { array, type Decoder, integer, Mismatch, optional, struct, text, tuple } from "../reply/FromResp.ts"

/** Lines of `name:value`. */
export const clusterInfo: Decoder<Readonly<Record<string, string>>> = FromResp.map(text, (lines) =>
  Object.fromEntries(
    lines
      .split("\r\n")
      .filter((line) => line.includes(":"))
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)])
  )
)

export const clusterLinks = array(
  struct({
    direction: text,
    node: text,
    /** Milliseconds since 1970. */
    createTime: integer,
    events: text,
    sendBufferAllocated: integer,
    sendBufferUsed: integer
  })
)

export const clusterShards = array(
  struct({
    /** Ranges of slots, both ends included. */
    slots: FromResp.pairs(integer, integer),
    nodes: array(
      struct({
        id: text,
        port: optional(integer),
        tlsPort: optional(integer),
        ip: text,
        endpoint: optional(text),
        hostname: optional(text),
        role: text,
        replicationOffset: integer,
        health: text
      })
    )
  })
)

export interface SlotRange {
  readonly start: number
  readonly end: number
  /** The master first. */
  readonly nodes: ReadonlyArray<SlotRangeNode>
}

export interface SlotRangeNode {
  /** `None`: the address that this connection uses. */
  readonly endpoint: Option.Option<string>
  readonly port: number
  readonly id: string
  /** `hostname`, `ip`: what the endpoint is not. */
  readonly metadata: Readonly<Record<string, string>>
}

const slotRangeNode: Decoder<SlotRangeNode> = tuple({
  endpoint: optional(text),
  port: integer,
  id: text,
  metadata: FromResp.record(text)
})

const slotRangeNodes = array(slotRangeNode)

const slotRange: Decoder<SlotRange> = FromResp.make((reply) => {
  const items = elements(reply)
  if (items === undefined || items.length < 3)
    return FromResp.unfit(slotRange, "an array of start, end, nodes", reply)
  const start = integer(items[0])
  const end = integer(items[1])
  const nodes = slotRangeNodes({ _tag: "Array", value: items.slice(2) })
  if (start instanceof Mismatch) return start
  if (end instanceof Mismatch) return end
  return nodes instanceof Mismatch ? nodes : { start, end, nodes }
})

export const clusterSlots: Decoder<ReadonlyArray<SlotRange>> = array(slotRange)
