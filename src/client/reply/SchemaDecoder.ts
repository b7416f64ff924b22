/** Replies read by a schema of the caller's own. Part of `FromResp`. */
import * as Either from "effect/Either"
import { decodeUnknownEither } from "effect/ParseResult"
import type { Schema } from "effect/Schema"
import { type Decoder, make, Mismatch, mismatch } from "./Decoder.ts"
import { text } from "./ScalarDecoders.ts"

/**
 * The text of a reply (or what another decoder gives) read by a schema of the
 * caller's own, one that needs no services and does not wait.
 *
 * @example redis.returning(FromResp.withSchema(Schema.parseJson(User))).get("user:1")
 * @example redis.call(FromResp.withSchema(User, FromResp.record(FromResp.text)), "HGETALL", "user:1")
 */
export function withSchema<A, I extends string>(schema: Schema<A, I>): Decoder<A>
export function withSchema<A, I, B extends I>(schema: Schema<A, I>, decoder: Decoder<B>): Decoder<A>
/** The fields of a hash: whether they are all there is for the schema to say. */
export function withSchema<A, I extends object>(
  schema: Schema<A, I>,
  decoder: Decoder<Readonly<Record<string, I[keyof I]>>>
): Decoder<A>
export function withSchema<A, I>(schema: Schema<A, I>, decoder: Decoder<unknown> = text): Decoder<A> {
  const decode = decodeUnknownEither(schema)
  return make((reply) => {
    const value = decoder(reply)
    if (value instanceof Mismatch) return value
    const decoded = decode(value)
    // The issue would tell the value.
    return Either.isRight(decoded) ? decoded.right : mismatch(String(schema.ast), reply)
  })
}
