/** The service over a client that answers by a script. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import * as FromResp from "../../src/client/reply/FromResp.ts"
import { Redis } from "../../src/client/Redis.ts"
import { UnexpectedReply } from "../../src/client/reply/UnexpectedReply.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import type { CommandArguments } from "../../src/protocol/Resp.ts"
import { redisAnswering } from "../support/UnsentRedis.ts"

const bulk = Resp.bulkString

describe("a command", () => {
  it.effect("sends nothing until it is run, and again each time it is", () =>
    Effect.gen(function* () {
      const seen: Array<CommandArguments> = []
      const redis = redisAnswering(() => bulk("v"), seen)
      const get = redis.get("k")
      expect(seen).toEqual([])
      expect(yield* get).toEqual(Option.some("v"))
      expect(yield* Effect.repeatN(get, 1)).toEqual(Option.some("v"))
      expect(seen).toEqual([
        ["GET", "k"],
        ["GET", "k"],
        ["GET", "k"]
      ])
    })
  )

  it.effect("fails with the kind of a reply that does not fit, under its whole name", () =>
    Effect.gen(function* () {
      const redis = redisAnswering(() => bulk("SECRET"))
      const error = yield* Effect.flip(redis.configGet("maxmemory"))
      expect(error).toEqual(
        new UnexpectedReply({ command: "CONFIG GET", expected: "pairs", got: "BulkString" })
      )
      expect(error.message).toMatch(/^CONFIG GET: the reply is BulkString, expected pairs; /)
      expect(error.message).not.toContain("SECRET")
      const module = yield* Effect.flip(redis.call(FromResp.integer, "MODULE.CMD"))
      expect(module).toMatchObject({ command: "MODULE.CMD", expected: "an integer" })
    })
  )

  it.effect("reads its reply by its options", () =>
    Effect.gen(function* () {
      const redis = redisAnswering(() => Resp.array([bulk("a"), bulk("1")]))
      expect(yield* redis.zrange("k", 0, -1)).toEqual(["a", "1"])
      expect(yield* redis.zrange("k", 0, -1, { withscores: true })).toEqual([{ member: "a", score: 1 }])
      expect(yield* redis.zrange("k", 0, -1, { withscores: false })).toEqual(["a", "1"])
      expect(yield* redis.zpopmin("k")).toEqual(Option.some({ member: "a", score: 1 }))
      expect(yield* redis.zpopmin("k", 1)).toEqual([{ member: "a", score: 1 }])
    })
  )
})

describe("a view", () => {
  it.effect("gives bytes, or what a schema makes of the values, with keys as text", () =>
    Effect.gen(function* () {
      const redis = redisAnswering(([name]) =>
        name === "HGETALL" || name === "HSCAN"
          ? Resp.array([bulk("a"), bulk("[1]")])
          : Resp.array([bulk("[1]")])
      )
      expect(yield* redis.bytes.smembers("k")).toEqual([Buffer.from("[1]")])
      expect(yield* redis.bytes.hkeys("k")).toEqual([Buffer.from("[1]")])
      expect(redis.bytes).toBe(redis.bytes)
      const numbers = redis.returning(FromResp.withSchema(Schema.parseJson(Schema.Array(Schema.Number))))
      expect(yield* numbers.smembers("k")).toEqual([[1]])
      expect(yield* numbers.hgetall("k")).toEqual({ a: [1] })
      expect(yield* numbers.hkeys("k")).toEqual(["[1]"])
      const texts = redis.returning(FromResp.withSchema(Schema.parseJson(Schema.Array(Schema.String))))
      expect(yield* Effect.flip(texts.smembers("k"))).toMatchObject({
        _tag: "UnexpectedReply",
        command: "SMEMBERS",
        got: "BulkString"
      })
    })
  )
})

describe("executeMany", () => {
  it.effect("gives each command its own result", () =>
    Effect.gen(function* () {
      const seen: Array<CommandArguments> = []
      const redis = redisAnswering(([name]) => (name === "INCR" ? Resp.integer(7) : bulk("v")), seen)
      const [value, counter, misfit] = yield* redis.executeMany([
        redis.get("k"),
        redis.incr("n"),
        redis.llen("k")
      ])
      expect(value).toEqual(Either.right(Option.some("v")))
      expect(counter).toEqual(Either.right(7))
      expect(Either.isLeft(misfit) && misfit.left).toMatchObject({ _tag: "UnexpectedReply", command: "LLEN" })
      expect(seen).toEqual([
        ["GET", "k"],
        ["INCR", "n"],
        ["LLEN", "k"]
      ])
      expect(yield* redis.executeMany([])).toEqual([])
    })
  )
})

describe("the service", () => {
  it.effect("stands on whatever client is provided", () => {
    const { client } = redisAnswering(() => Resp.pong)
    return Effect.gen(function* () {
      const redis = yield* Redis
      expect(redis.client).toBe(client)
      expect(yield* redis.ping()).toBe("PONG")
      expect(yield* redis.withOptions({ idempotent: true }).ping()).toBe("PONG")
    }).pipe(Effect.provide(Layer.provide(Redis.layer, Layer.succeed(ClusterClient, client))))
  })
})
