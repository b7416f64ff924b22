import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import { parseRedisUrl, type RedisUrl } from "../../src/app/RedisUrl.ts"

const parse = (url: string): RedisUrl => Either.getOrThrow(parseRedisUrl(Redacted.make(url)))
const refusal = (url: string): string => {
  const parsed = parseRedisUrl(Redacted.make(url))
  return Either.isLeft(parsed) ? parsed.left.message : "accepted"
}

describe("RedisUrl", () => {
  it("takes every part, and every part may be missing", () => {
    expect(parse("redis://bob:p%40ss@example:7000/2")).toMatchObject({
      tls: false,
      host: "example",
      port: 7000,
      username: "bob",
      database: 2
    })
    expect(Redacted.value(parse("redis://bob:p%40ss@example").password!)).toBe("p@ss")
    expect(parse("rediss://[::1]:7000/")).toEqual({
      tls: true,
      host: "::1",
      port: 7000,
      username: undefined,
      password: undefined,
      database: undefined
    })
    expect(parse("redis://")).toMatchObject({ host: undefined, port: undefined })
    expect(parse("redis://:pw@h").username).toBe(undefined)
  })

  it.each([
    ["example:7000", "neither redis:// nor rediss://"],
    ["not a url", "not a URL"],
    ["http://h", "neither redis:// nor rediss://"],
    ["redis://h/x", "the path is not a database number"],
    ["redis://h/-1", "the path is not a database number"],
    ["redis://h:70000", "not a URL"],
    ["redis://h:0", "the port is not 1 to 65535"],
    ["redis://h?db=1", "? or #"],
    ["redis://h/1#x", "? or #"],
    ["redis://a%zz:b@h", "% is not followed"]
  ])("%s is refused", (url, reason) => {
    expect(refusal(url)).toContain(reason)
    expect(refusal(url)).toContain("allowed: redis://USER:PASSWORD@HOST:PORT/DB")
  })

  it("user names and passwords survive whatever they are made of", () => {
    fc.assert(
      fc.property(
        fc.fullUnicodeString({ minLength: 1 }),
        fc.fullUnicodeString({ minLength: 1 }),
        (user, password) => {
          const url = parse(`redis://${encodeURIComponent(user)}:${encodeURIComponent(password)}@h:1/0`)
          expect(url.username).toBe(user)
          expect(Redacted.value(url.password!)).toBe(password)
        }
      )
    )
  })

  it("never throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `redis://${text}`)
        ),
        (url) => {
          parseRedisUrl(Redacted.make(url))
        }
      )
    )
  })
})
