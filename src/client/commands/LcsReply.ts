/** LCS with IDX: where two texts agree. */
import * as Option from "effect/Option"
import { elements } from "../../protocol/Resp.ts"
import { array, type Decoder, integer, make, Mismatch, struct, tuple } from "../reply/FromResp.ts"

/** Positions of bytes, both included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** A run that both texts have. */
export interface LcsMatch {
  readonly first: ByteRange
  readonly second: ByteRange
  /** With WITHMATCHLEN. */
  readonly length: Option.Option<number>
}

const range: Decoder<ByteRange> = tuple({ start: integer, end: integer })
const ranges = tuple({ first: range, second: range })

const lcsMatch: Decoder<LcsMatch> = make((reply) => {
  const both = ranges(reply)
  if (both instanceof Mismatch) return both
  const last = elements(reply)?.[2]
  if (last === undefined) return { ...both, length: Option.none() }
  const length = integer(last)
  return length instanceof Mismatch ? length : { ...both, length: Option.some(length) }
})

/** The matches, the last first, and the length of the whole subsequence. */
export const commonSubsequence = struct({ matches: array(lcsMatch), len: integer })
