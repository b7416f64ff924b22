/** The types of the methods, as an editor shows them: checked by the type checker, so `npm run check` fails when they change. */
import { describe, expectTypeOf, it } from "@effect/vitest"
import type * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { ScoredMember } from "../../../src/client/commands/MemberReplies.ts"
import type { SetOptions } from "../../../src/client/commands/StringCommands.generated.ts"
import type { StreamEntries, StreamEntry } from "../../../src/client/commands/StreamReplies.ts"
import type { CommandError, TypedCommand } from "../../../src/client/commands/TypedCommand.ts"
import * as FromResp from "../../../src/client/reply/FromResp.ts"
import type { ScanPage } from "../../../src/client/reply/FromResp.ts"
import { unsentRedis as r } from "../../support/UnsentRedis.ts"

describe("the type of a reply", () => {
  it("is that of the command", () => {
    expectTypeOf(r.get("k")).toEqualTypeOf<TypedCommand<Option.Option<string>>>()
    expectTypeOf(r.get("k")).toExtend<Effect.Effect<Option.Option<string>, CommandError>>()
    expectTypeOf(r.hgetall("k")).toEqualTypeOf<TypedCommand<Readonly<Record<string, string>>>>()
    expectTypeOf(r.incr("k")).toEqualTypeOf<TypedCommand<number>>()
    expectTypeOf(r.expire("k", 1)).toEqualTypeOf<TypedCommand<boolean>>()
    expectTypeOf(r.mset({ a: 1 })).toEqualTypeOf<TypedCommand<void>>()
    expectTypeOf(r.zscore("k", "m")).toEqualTypeOf<TypedCommand<Option.Option<number>>>()
    expectTypeOf(r.scan(0)).toEqualTypeOf<TypedCommand<ScanPage<string>>>()
    expectTypeOf(r.xread({ a: "$" })).toEqualTypeOf<
      TypedCommand<ReadonlyArray<StreamEntries<string, string>>>
    >()
    expectTypeOf(r.xrange("k", "-", "+")).toEqualTypeOf<TypedCommand<ReadonlyArray<StreamEntry<string>>>>()
    expectTypeOf(r.dump("k")).toEqualTypeOf<TypedCommand<Option.Option<Uint8Array>>>()
    expectTypeOf(r.call(FromResp.integer, "MODULE.CMD")).toEqualTypeOf<TypedCommand<number>>()
  })

  it("follows the options", () => {
    expectTypeOf(r.set("k", "v")).toEqualTypeOf<TypedCommand<boolean>>()
    expectTypeOf(r.set("k", "v", { condition: "NX", expiration: { EX: 10 } })).toEqualTypeOf<
      TypedCommand<boolean>
    >()
    expectTypeOf(r.set("k", "v", { get: true })).toEqualTypeOf<TypedCommand<Option.Option<string>>>()
    expectTypeOf(r.set("k", "v", {} as SetOptions)).toEqualTypeOf<
      TypedCommand<boolean | Option.Option<string>>
    >()
    expectTypeOf(r.zrange("k", 0, -1)).toEqualTypeOf<TypedCommand<ReadonlyArray<string>>>()
    expectTypeOf(r.zrange("k", 0, -1, { rev: true, withscores: true })).toEqualTypeOf<
      TypedCommand<ReadonlyArray<ScoredMember<string>>>
    >()
    expectTypeOf(r.lpop("k")).toEqualTypeOf<TypedCommand<Option.Option<string>>>()
    expectTypeOf(r.lpop("k", 2)).toEqualTypeOf<TypedCommand<ReadonlyArray<string>>>()
    expectTypeOf(r.hrandfield("k")).toEqualTypeOf<TypedCommand<Option.Option<string>>>()
    expectTypeOf(r.hrandfield("k", { count: 1, withvalues: true })).toEqualTypeOf<
      TypedCommand<ReadonlyArray<readonly [string, string]>>
    >()
    expectTypeOf(r.zadd("k", { score: 1, member: "a" }, { incr: true })).toEqualTypeOf<
      TypedCommand<Option.Option<number>>
    >()
    expectTypeOf(r.sort("k", { store: "d" })).toEqualTypeOf<TypedCommand<number>>()
    expectTypeOf(r.sort("k", { get: "#" })).toEqualTypeOf<
      TypedCommand<ReadonlyArray<Option.Option<string>>>
    >()
    expectTypeOf(r.xautoclaim("k", "g", "c", 0, "0", { justid: true }).arguments).toExtend<
      ReadonlyArray<unknown>
    >()
  })

  it("is a bigint where one is asked for", () => {
    expectTypeOf(r.incrby("k", 1)).toEqualTypeOf<TypedCommand<number>>()
    expectTypeOf(r.incrby("k", 1n)).toEqualTypeOf<TypedCommand<bigint>>()
    expectTypeOf(r.bitfield("k")).toEqualTypeOf<TypedCommand<ReadonlyArray<Option.Option<number | bigint>>>>()
  })

  it("follows the view", () => {
    expectTypeOf(r.bytes.get("k")).toEqualTypeOf<TypedCommand<Option.Option<Uint8Array>>>()
    expectTypeOf(r.bytes.hkeys("k")).toEqualTypeOf<TypedCommand<ReadonlyArray<Uint8Array>>>()
    const users = r.returning(FromResp.withSchema(Schema.parseJson(Schema.Struct({ name: Schema.String }))))
    expectTypeOf(users.get("k")).toEqualTypeOf<TypedCommand<Option.Option<{ readonly name: string }>>>()
    expectTypeOf(users.hkeys("k")).toEqualTypeOf<TypedCommand<ReadonlyArray<string>>>()
  })

  it("is kept for each command of a batch", () => {
    expectTypeOf(r.executeMany([r.get("k"), r.incr("n")])).toEqualTypeOf<
      Effect.Effect<
        readonly [Either.Either<Option.Option<string>, CommandError>, Either.Either<number, CommandError>]
      >
    >()
  })
})

describe("the type checker refuses", () => {
  it("what the command does not have", () => {
    expectTypeOf(r.get).parameters.toEqualTypeOf<[key: string | Uint8Array]>()
    // @ts-expect-error: no such condition
    const wrongWord = () => r.set("k", "v", { condition: "ZZ" })
    // @ts-expect-error: seconds are a number
    const wrongType = () => r.getex("k", { EX: "soon" })
    // @ts-expect-error: no such option
    const wrongName = () => r.scan(0, { pattern: "a*" })
    // @ts-expect-error: a value is missing
    const missing = () => r.setex("k", 10)
    // @ts-expect-error: a command of a connection's own
    const session = () => r.subscribe("channel")
    expectTypeOf([wrongWord, wrongType, wrongName, missing, session]).toBeArray()
  })
})
