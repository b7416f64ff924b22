/** Replies of several parts: arrays, pairs, records, structures. Part of `FromResp`. */
import { elements, type RespValue } from "../../protocol/Resp.ts"
import { type Decoder, make, Mismatch, mismatch, unfit } from "./Decoder.ts"
import { text } from "./ScalarDecoders.ts"

/** An array or a set, in the order sent. */
export const array = <A>(item: Decoder<A>): Decoder<ReadonlyArray<A>> => {
  const decode: Decoder<ReadonlyArray<A>> = make((reply) => {
    const items = elements(reply)
    if (items === undefined) return unfit(decode, "an array", reply)
    const values = new Array<A>(items.length)
    for (let index = 0; index < items.length; index++) {
      const value = item(items[index])
      if (value instanceof Mismatch) return value
      values[index] = value
    }
    return values
  })
  return decode
}

type Decoders = Readonly<Record<string, Decoder<unknown>>>
type Decoded<Parts extends Decoders> = { readonly [Name in keyof Parts]: Parts[Name]["Type"] }

/** So many values of different kinds, each with a name; a newer server may send more behind them. */
export const tuple = <Parts extends Decoders>(parts: Parts): Decoder<Decoded<Parts>> => {
  const names = Object.keys(parts)
  const decoders = Object.values(parts)
  const decode: Decoder<Decoded<Parts>> = make((reply) => {
    const items = elements(reply)
    if (items === undefined || items.length < names.length)
      return unfit(decode, `an array of ${names.join(", ")}`, reply)
    const value: Record<string, unknown> = {}
    for (let index = 0; index < names.length; index++) {
      const part = decoders[index](items[index])
      if (part instanceof Mismatch) return part
      value[names[index]] = part
    }
    return value as Decoded<Parts>
  })
  return decode
}

/** Calls `use` with each pair of a map, of an array of pairs, or of RESP2's flat array. */
const forEachPair = (
  reply: RespValue,
  use: (first: RespValue, second: RespValue) => Mismatch | undefined
): Mismatch | undefined => {
  if (reply._tag === "Attribute") return forEachPair(reply.value, use)
  if (reply._tag === "Map") {
    for (const [first, second] of reply.value) {
      const misfit = use(first, second)
      if (misfit !== undefined) return misfit
    }
    return undefined
  }
  const items = elements(reply)
  if (items === undefined) return mismatch("pairs", reply)
  const isFlat = items.length > 0 && elements(items[0]) === undefined
  if (isFlat && items.length % 2 !== 0) return mismatch("pairs", reply)
  for (let index = 0; index < items.length; index += isFlat ? 2 : 1) {
    const pair = isFlat ? items : elements(items[index])
    if (pair === undefined || (!isFlat && pair.length !== 2)) return mismatch("pairs", items[index])
    const start = isFlat ? index : 0
    const misfit = use(pair[start], pair[start + 1])
    if (misfit !== undefined) return misfit
  }
  return undefined
}

/** Pairs, each made into one value; the first of a pair is never an aggregate. */
export const pairsWith = <A, B, C>(
  first: Decoder<A>,
  second: Decoder<B>,
  combine: (first: A, second: B) => C
): Decoder<ReadonlyArray<C>> =>
  make((reply) => {
    const pairs: Array<C> = []
    const misfit = forEachPair(reply, (a, b) => {
      const left = first(a)
      if (left instanceof Mismatch) return left
      const right = second(b)
      if (right instanceof Mismatch) return right
      pairs.push(combine(left, right))
      return undefined
    })
    return misfit ?? pairs
  })

export const pairs = <A, B>(first: Decoder<A>, second: Decoder<B>): Decoder<ReadonlyArray<readonly [A, B]>> =>
  pairsWith(first, second, (a, b) => [a, b] as const)

/**
 * Pairs as an object without a prototype, so that a field may be called
 * `toString` or `__proto__`. Of two with the same name the later one counts.
 */
export const record = <A>(value: Decoder<A>): Decoder<Readonly<Record<string, A>>> =>
  make((reply) => {
    const fields: Record<string, A> = Object.create(null)
    const misfit = forEachPair(reply, (name, field) => {
      const key = text(name)
      if (key instanceof Mismatch) return key
      const decoded = value(field)
      if (decoded instanceof Mismatch) return decoded
      fields[key] = decoded
      return undefined
    })
    return misfit ?? fields
  })

/**
 * A map with known fields, under their names in camelCase (`last-generated-id`
 * and `last_generated_id` are `lastGeneratedId`). Others are passed over, as a
 * newer server may send more; one that is missing counts as nil.
 */
export const struct = <Fields extends Decoders>(fields: Fields): Decoder<Decoded<Fields>> => {
  const names = Object.keys(fields)
  return make((reply) => {
    const found = new Map<string, RespValue>()
    const misfit = forEachPair(reply, (name, field) => {
      const key = text(name)
      if (key instanceof Mismatch) return key
      found.set(camelCase(key), field)
      return undefined
    })
    if (misfit !== undefined) return misfit
    const value: Record<string, unknown> = {}
    for (const name of names) {
      const part = fields[name](found.get(name) ?? MISSING)
      if (part instanceof Mismatch) return new Mismatch(`${name}: ${part.expected}`, part.got)
      value[name] = part
    }
    return value as Decoded<Fields>
  })
}

const MISSING: RespValue = { _tag: "Null", value: null }

/** `last-generated-id` and `Last_Generated_ID` as `lastGeneratedId`. */
export const camelCase = (name: string): string =>
  name.toLowerCase().replaceAll(/[^a-z0-9]+(.)/g, (_, letter: string) => letter.toUpperCase())

/** What a script may answer, as plain values; nil is `null` here. */
export type Plain<V> =
  | null
  | string
  | number
  | bigint
  | boolean
  | V
  | ReadonlyArray<Plain<V>>
  | { readonly [name: string]: Plain<V> }

/** Any reply but an error: bulk strings as `value` gives them, arrays and sets as arrays, maps as records. */
export const plain = <V>(value: Decoder<V>): Decoder<Plain<V>> => {
  const decode: Decoder<Plain<V>> = make((reply) => {
    switch (reply._tag) {
      case "BulkString":
        return value(reply)
      case "VerbatimString":
        return text(reply)
      case "Array":
      case "Set":
      case "Push":
        return items(reply)
      case "Map":
        return fields(reply)
      case "Attribute":
        return decode(reply.value)
      case "SimpleError":
      case "BulkError":
        return mismatch("a reply without errors", reply)
      default:
        return reply.value
    }
  })
  const items = array(decode)
  const fields = record(decode)
  return decode
}

/** One page of a scan: where to go on, and what was found, possibly nothing. */
export interface ScanPage<A> {
  /** A 64-bit number, opaque, to be given back as it is; `"0"` when the scan has come to its end. */
  readonly cursor: string
  readonly items: ReadonlyArray<A>
}

export const scanPage = <A>(items: Decoder<ReadonlyArray<A>>): Decoder<ScanPage<A>> =>
  tuple({ cursor: text, items })
