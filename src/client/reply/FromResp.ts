/**
 * Replies as values: one decoder per kind of reply, composed into those of
 * whole commands (commands/ReplyTypes.ts). The same data give the same value
 * whether the server speaks RESP2 (flat arrays, numbers as text) or RESP3
 * (maps, sets, doubles, booleans).
 *
 * A decoder is a plain function that never throws: it gives the value, or a
 * `Mismatch` that says what was expected. No Effect on the way.
 *
 * @example redis.call(FromResp.array(FromResp.integer), "TOPK.COUNT", "key", "item")
 */
export * from "./AggregateDecoders.ts"
export * from "./Decoder.ts"
export * from "./ScalarDecoders.ts"
export * from "./SchemaDecoder.ts"
