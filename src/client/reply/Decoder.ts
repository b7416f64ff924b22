/** How a reply becomes a value: a plain function, and what it says when the reply does not fit. Part of `FromResp`. */
import * as Option from "effect/Option"
import { elements, type RespValue } from "../../protocol/Resp.ts"

export interface Decoder<out A> {
  (reply: RespValue): A | Mismatch
  /** For the type checker only: what it gives. There is no such property. */
  readonly Type: A
}

/** A reply that is not what was expected. It says of which kind it is, and never what is in it. */
export class Mismatch {
  readonly expected: string
  readonly got: string
  constructor(expected: string, got: string) {
    this.expected = expected
    this.got = got
  }
}

/** A decoder of one's own: a function that gives the value or `mismatch(expected, reply)`, and does not throw. */
export const make = <A>(decode: (reply: RespValue) => A | Mismatch): Decoder<A> => decode as Decoder<A>

export const mismatch = (expected: string, reply: RespValue): Mismatch => {
  const items = elements(reply)
  return new Mismatch(expected, items === undefined ? reply._tag : `${reply._tag} of ${items.length}`)
}

/** What a decoder does last: attributes are looked past, and anything else does not fit. */
export const unfit = <A>(decoder: Decoder<A>, expected: string, reply: RespValue): A | Mismatch =>
  reply._tag === "Attribute" ? decoder(reply.value) : mismatch(expected, reply)

/** `None` for nil, in each of its three spellings. */
export const optional = <A>(decoder: Decoder<A>): Decoder<Option.Option<A>> => {
  const decode: Decoder<Option.Option<A>> = make((reply) => {
    if (reply.value === null) return Option.none()
    if (reply._tag === "Attribute") return decode(reply.value)
    const value = decoder(reply)
    return value instanceof Mismatch ? value : Option.some(value)
  })
  return decode
}

/** The same, unless the reply is nil: then `fallback`. */
export const withDefault = <A>(decoder: Decoder<A>, fallback: NoInfer<A>): Decoder<A> => {
  const decode: Decoder<A> = make((reply) => {
    if (reply.value === null) return fallback
    return reply._tag === "Attribute" ? decode(reply.value) : decoder(reply)
  })
  return decode
}

/** The value made into another. */
export const map = <A, B>(decoder: Decoder<A>, f: (value: A) => B): Decoder<B> =>
  make((reply) => {
    const value = decoder(reply)
    return value instanceof Mismatch ? value : f(value)
  })

/** What the first decoder that fits gives. */
export const orElse = <A, B>(first: Decoder<A>, second: Decoder<B>): Decoder<A | B> =>
  make((reply) => {
    const value = first(reply)
    if (!(value instanceof Mismatch)) return value
    const other = second(reply)
    return other instanceof Mismatch
      ? new Mismatch(`${value.expected}, or ${other.expected}`, other.got)
      : other
  })
