/** Aggregates while their elements are still arriving: the decoder's stack, so that nesting costs no recursion. */
import * as Resp from "./Resp.ts"
import type { RespValue } from "./Resp.ts"
import * as RespLine from "./RespLine.ts"

export interface Frame {
  readonly type: number
  remaining: number
  readonly items: Array<RespValue>
  /** Set once the pairs of an attribute are complete and the value it belongs to is awaited. */
  readonly attributes: ReadonlyArray<readonly [RespValue, RespValue]> | undefined
}

export const openFrame = (type: number, length: number): Frame => ({
  type,
  remaining: type === RespLine.MAP || type === RespLine.ATTRIBUTE ? length * 2 : length,
  items: [],
  attributes: undefined
})

export const awaitAttributed = (frame: Frame): Frame => ({
  type: RespLine.ATTRIBUTE,
  remaining: 1,
  items: [],
  attributes: pairs(frame.items)
})

export const closeFrame = (frame: Frame): RespValue => {
  switch (frame.type) {
    case RespLine.ARRAY:
      return Resp.array(frame.items)
    case RespLine.SET:
      return Resp.set(frame.items)
    case RespLine.PUSH:
      return Resp.push(frame.items)
    case RespLine.MAP:
      return Resp.map(pairs(frame.items))
    default:
      return Resp.attribute(frame.attributes!, frame.items[0])
  }
}

const pairs = (items: ReadonlyArray<RespValue>): ReadonlyArray<readonly [RespValue, RespValue]> => {
  const result = new Array<readonly [RespValue, RespValue]>(items.length / 2)
  for (let index = 0; index < result.length; index++) result[index] = [items[index * 2], items[index * 2 + 1]]
  return result
}
