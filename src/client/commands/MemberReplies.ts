/** Members with what belongs to them: the scores of a sorted set, the places of a geospatial index. */
import * as Option from "effect/Option"
import { elements } from "../../protocol/Resp.ts"
import * as FromResp from "../reply/FromResp.ts"
import { type Decoder, Mismatch } from "../reply/FromResp.ts"

export interface ScoredMember<V> {
  readonly member: V
  readonly score: number
}

/** RESP2 sends them flat, RESP3 as pairs. */
export const scoredMembers = <V>(value: Decoder<V>): Decoder<ReadonlyArray<ScoredMember<V>>> =>
  FromResp.pairsWith(value, FromResp.double, (member, score) => ({ member, score }))

/** ZPOPMIN without a count: the one that was taken, if any. */
export const scoredMember = <V>(value: Decoder<V>): Decoder<Option.Option<ScoredMember<V>>> =>
  FromResp.map(scoredMembers(value), (members) => Option.fromNullable(members[0]))

export interface GeoPosition {
  /** Degrees. */
  readonly longitude: number
  readonly latitude: number
}

export const geoPosition: Decoder<GeoPosition> = FromResp.tuple({
  longitude: FromResp.double,
  latitude: FromResp.double
})

/** A member found, with what was asked for: WITHDIST, WITHHASH, WITHCOORD. */
export interface GeoMember<V> {
  readonly member: V
  /** From the centre, in the unit of the query. */
  readonly distance: Option.Option<number>
  /** The 52-bit score under which it is kept. */
  readonly hash: Option.Option<number>
  readonly coordinates: Option.Option<GeoPosition>
}

export const geoMember = <V>(value: Decoder<V>): Decoder<GeoMember<V>> => {
  const decode: Decoder<GeoMember<V>> = FromResp.make((reply) => {
    const [first, ...rest] = elements(reply) ?? []
    if (first === undefined) return FromResp.unfit(decode, "an array of a member and more", reply)
    const member = value(first)
    if (member instanceof Mismatch) return member
    let distance = Option.none<number>()
    let hash = Option.none<number>()
    let coordinates = Option.none<GeoPosition>()
    // Each of the three has a kind of its own.
    for (const part of rest) {
      if (part._tag === "Integer") hash = Option.some(Number(part.value))
      else if (elements(part) === undefined) {
        const decoded = FromResp.double(part)
        if (decoded instanceof Mismatch) return decoded
        distance = Option.some(decoded)
      } else {
        const decoded = geoPosition(part)
        if (decoded instanceof Mismatch) return decoded
        coordinates = Option.some(decoded)
      }
    }
    return { member, distance, hash, coordinates }
  })
  return decode
}
