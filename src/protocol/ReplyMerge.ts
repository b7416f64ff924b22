/**
 * How the replies of several nodes to one command become one reply.
 *
 * Source: https://redis.io/docs/latest/develop/reference/command-tips/#response_policy
 */
import type { RespValue } from "./Resp.ts"
import * as Resp from "./Resp.ts"
import type { ResponsePolicy } from "./RoutingPolicy.ts"

/** `replies` has at least one. The first error is the reply, unless one success is enough. Never throws. */
export const mergeReplies = (policy: ResponsePolicy, replies: ReadonlyArray<RespValue>): RespValue => {
  if (policy === "one-succeeded") return replies.find((reply) => !Resp.isError(reply)) ?? replies[0]
  const error = replies.find(Resp.isError)
  if (error !== undefined) return error
  switch (policy) {
    case "all-succeeded":
      return replies[0]
    case "one-not-nil":
      return replies.find((reply) => !Resp.isNull(reply)) ?? replies[0]
    case "agg-sum":
      return aggregate(replies, (a, b) => a + b)
    case "agg-min":
    case "agg-logical-and":
      return aggregate(replies, (a, b) => (a < b ? a : b))
    case "agg-max":
    case "agg-logical-or":
      return aggregate(replies, (a, b) => (a > b ? a : b))
    case "concat":
    case "special":
      return concatenate(replies)
    case "union":
      return union(replies)
  }
}

type Combine = (a: bigint, b: bigint) => bigint

/** Of integers; of arrays, element by element; of pairs (a map, PUBSUB NUMSUB), name by name. */
const aggregate = (replies: ReadonlyArray<RespValue>, combine: Combine): RespValue =>
  replies.reduce((a, b) => {
    if (a._tag === "Integer" && b._tag === "Integer") {
      return Resp.integer(combine(BigInt(a.value), BigInt(b.value)))
    }
    if (a._tag === "Array" && b._tag === "Array" && a.value.length === b.value.length) {
      return Resp.array(a.value.map((item, index) => aggregate([item, b.value[index]], combine)))
    }
    return a
  })

const concatenate = (replies: ReadonlyArray<RespValue>): RespValue => {
  const [first] = replies
  switch (first._tag) {
    case "Array":
    case "Set":
      return Resp.array(replies.flatMap((reply) => Resp.elements(reply) ?? []))
    case "Map":
      return Resp.map(replies.flatMap((reply) => (reply._tag === "Map" ? reply.value : [])))
    case "BulkString":
    case "VerbatimString":
      return { ...first, value: Buffer.concat(replies.map((reply) => bytesOf(reply))) }
    default:
      return first
  }
}

const bytesOf = (reply: RespValue): Uint8Array =>
  reply._tag === "BulkString" || reply._tag === "VerbatimString" ? reply.value : new Uint8Array(0)

const union = (replies: ReadonlyArray<RespValue>): RespValue => {
  const seen = new Set<string>()
  const values: Array<RespValue> = []
  for (const reply of replies) {
    for (const element of Resp.elements(reply) ?? []) {
      const name =
        element._tag === "BulkString" ? Buffer.from(element.value).toString("latin1") : Resp.text(element)
      if (name === undefined || seen.has(name)) continue
      seen.add(name)
      values.push(element)
    }
  }
  return Resp.array(values)
}
