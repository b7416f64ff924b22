/** What the methods of the API take: the types behind the generated ones. */
import type { CommandArgument } from "../../protocol/Resp.ts"

export type RedisKey = string | Uint8Array

/** Anything that can be stored; a number is sent as its decimal text. */
export type RedisValue = CommandArgument

export type IntegerArgument = number | bigint

/** A number, or text where there is more to it: `"(1.5"` (exclusive), `"-inf"`, `"#2"` (times the width of the field). */
export type SpelledNumber = number | string

/** One, or an array of them. */
export type OneOrMore<A> = A | ReadonlyArray<A>

/** Names (keys, fields) and their values: an object, a Map, or pairs, which may repeat a name and keep their order. */
export type NamedValues =
  Readonly<Record<string, RedisValue>> | Iterable<readonly [name: RedisKey, value: RedisValue]>
