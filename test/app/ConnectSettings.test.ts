import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "fast-check"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { ConnectFlags } from "../../src/app/ConnectOptions.ts"
import {
  type ConnectEnvironment,
  type ConnectSettings,
  resolveConnectSettings
} from "../../src/app/ConnectSettings.ts"
import { NO_FLAGS } from "./ConnectFlagsFixture.ts"

const some = <A>(value: A): Option.Option<A> => Option.some(value)
const secret = (text: string): Option.Option<Redacted.Redacted> => Option.some(Redacted.make(text))

const resolve = (flags: Partial<ConnectFlags>, environment: ConnectEnvironment = {}): ConnectSettings =>
  Either.getOrThrow(resolveConnectSettings({ ...NO_FLAGS, ...flags }, environment))
const refusal = (flags: Partial<ConnectFlags>, environment: ConnectEnvironment = {}): string => {
  const resolved = resolveConnectSettings({ ...NO_FLAGS, ...flags }, environment)
  return Either.isLeft(resolved) ? resolved.left.message : "accepted"
}
const passwordOf = (settings: ConnectSettings): string | undefined =>
  settings.password === undefined ? undefined : Redacted.value(settings.password)

describe("ConnectSettings", () => {
  it("without options: 127.0.0.1:6379, or 6380 with TLS", () => {
    expect(resolve({})).toMatchObject({
      seeds: [{ host: "127.0.0.1", port: 6379 }],
      cluster: false,
      tls: undefined,
      username: undefined,
      password: undefined,
      database: 0
    })
    expect(resolve({ tls: true }).seeds).toEqual([{ host: "127.0.0.1", port: 6380 }])
  })

  it("HOST:PORT beats --port, for each seed by itself", () => {
    const flags = { host: ["a", "b:7001", "[::1]:7002", "::2", "[::3]"], port: some(7000), cluster: true }
    expect(resolve(flags).seeds).toEqual([
      { host: "a", port: 7000 },
      { host: "b", port: 7001 },
      { host: "::1", port: 7002 },
      { host: "::2", port: 7000 },
      { host: "::3", port: 7000 }
    ])
  })

  it("flag, then --url, then environment, each part by itself", () => {
    const url = secret("rediss://bob:from-url@from-url:1111/3")
    const environment = {
      REDIS_CLIENT_HOST: "from-env",
      REDIS_CLIENT_PORT: "2222",
      REDISCLI_AUTH: "from-env",
      REDIS_CLIENT_CLUSTER: "0"
    }
    const fromEnvironment = resolve({}, environment)
    expect(fromEnvironment.seeds).toEqual([{ host: "from-env", port: 2222 }])
    expect(passwordOf(fromEnvironment)).toBe("from-env")
    const fromUrl = resolve({ url }, environment)
    expect(fromUrl).toMatchObject({ seeds: [{ host: "from-url", port: 1111 }], username: "bob", database: 3 })
    expect(fromUrl.tls).not.toBe(undefined)
    expect(passwordOf(fromUrl)).toBe("from-url")
    const fromFlags = resolve(
      { url, host: ["flag"], port: some(3333), username: some("eve"), password: secret("flag"), db: some(4) },
      environment
    )
    expect(fromFlags).toMatchObject({ seeds: [{ host: "flag", port: 3333 }], username: "eve", database: 4 })
    expect(passwordOf(fromFlags)).toBe("flag")
  })

  it("-u URL is --url, as in redis-cli", () => {
    const url = "redis://bob:s3cret@from-url:1111/3"
    const settings = resolve({ username: some(url) })
    expect(settings).toMatchObject({
      seeds: [{ host: "from-url", port: 1111 }],
      username: "bob",
      database: 3
    })
    expect(passwordOf(settings)).toBe("s3cret")
    expect(resolve({ username: some("rediss://h") }).username).toBe(undefined)
    const both = resolve({ url: secret("redis://eve@h"), username: some(url) })
    expect(both.username).toBe("eve")
  })

  it("mixes what each source has to say", () => {
    const settings = resolve(
      { host: ["flag"], url: secret("redis://:pw@from-url:7000") },
      { REDIS_CLIENT_PORT: "1" }
    )
    expect(settings.seeds).toEqual([{ host: "flag", port: 7000 }])
    expect(passwordOf(settings)).toBe("pw")
    expect(settings.username).toBe(undefined)
  })

  it("a redis:// URL overrules TLS in the environment, and --tls overrules both", () => {
    expect(resolve({}, { REDIS_CLIENT_TLS: "1" }).tls).toMatchObject({ insecure: false })
    expect(resolve({ url: secret("redis://h") }, { REDIS_CLIENT_TLS: "1" }).tls).toBe(undefined)
    expect(resolve({ url: secret("redis://h"), tls: true }).tls).toMatchObject({ insecure: false })
  })

  it("takes what a sandbox sets", () => {
    const environment = {
      REDIS_CLIENT_HOST: "127.0.0.1",
      REDIS_CLIENT_PORT: "7000",
      REDIS_CLIENT_CLUSTER: "1",
      REDIS_CLIENT_TLS: "1",
      REDIS_CLIENT_CACERT: "/tmp/ca.pem",
      REDISCLI_AUTH: "pw"
    }
    expect(resolve({}, environment)).toMatchObject({
      cluster: true,
      tls: { cacert: { option: "REDIS_CLIENT_CACERT", path: "/tmp/ca.pem" } }
    })
    expect(resolve({ cacert: some("/mine") }, environment).tls?.cacert).toEqual({
      option: "--cacert",
      path: "/mine"
    })
  })

  it("variables set to nothing are not set", () => {
    const environment = {
      REDIS_CLIENT_HOST: "",
      REDIS_CLIENT_PORT: "",
      REDIS_CLIENT_CLUSTER: "",
      REDIS_CLIENT_TLS: "",
      REDIS_CLIENT_CACERT: "",
      REDISCLI_AUTH: ""
    }
    expect(resolve({}, environment)).toEqual(resolve({}))
  })

  it("--askpass leaves the password to be asked for, whatever else has one", () => {
    const settings = resolve({ askpass: true }, { REDISCLI_AUTH: "env" })
    expect(settings.askpass).toBe(true)
    expect(settings.password).toBe(undefined)
    expect(refusal({ askpass: true, password: secret("x") })).toContain(
      "--askpass: not together with --password"
    )
  })

  it("--db is refused with a cluster, also in a URL", () => {
    expect(refusal({ cluster: true, db: some(0) })).toContain("--db: not together with --cluster")
    expect(refusal({ cluster: true, url: secret("redis://h/2") })).toContain("--url: database 2")
    expect(resolve({ cluster: true, url: secret("redis://h/0") }).database).toBe(0)
    expect(refusal({ db: some(1) }, { REDIS_CLIENT_CLUSTER: "yes" })).toContain("--db")
  })

  it("several hosts are seeds of a cluster", () => {
    expect(refusal({ host: ["a", "b"] })).toBe(
      "--host: given 2 times; allowed: once, or several seeds of a cluster with --cluster (-c)"
    )
  })

  it("options about certificates without TLS are refused, not ignored", () => {
    expect(refusal({ cacert: some("f") })).toBe("--cacert: means nothing without TLS; add --tls (-t)")
    expect(refusal({ cert: some("f"), key: some("f") })).toContain("--cert: ")
    expect(refusal({ sni: some("n") })).toContain("--sni: ")
    expect(refusal({ insecure: true })).toContain("--insecure: ")
    expect(refusal({ tls: true, cert: some("f") })).toBe("--cert: needs --key with it")
    expect(refusal({ tls: true, key: some("f") })).toBe("--key: needs --cert with it")
    expect(refusal({}, { REDIS_CLIENT_CACERT: "f" })).toBe("accepted")
  })

  it.each(["", " ", "a b", "h:0", "h:65536", "h:x", "[::1", "user@h", "h:1:2", "http://h"])(
    "%j is no host",
    (host) => {
      expect(refusal({ host: [host] })).toContain("is not a host; allowed: HOST or HOST:PORT")
    }
  )

  it("names the variable of the environment that is wrong", () => {
    expect(refusal({}, { REDIS_CLIENT_PORT: "x" })).toBe(
      "REDIS_CLIENT_PORT: 'x' is not a whole number; allowed: 1 to 65535"
    )
    expect(refusal({}, { REDIS_CLIENT_HOST: "a b" })).toContain("REDIS_CLIENT_HOST: 'a b' is not a host")
    expect(refusal({}, { REDIS_CLIENT_TLS: "perhaps" })).toBe(
      "REDIS_CLIENT_TLS: 'perhaps' is not a switch; allowed: 1 or 0"
    )
  })

  it("a password never shows in the settings or in an error, whatever the URL", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{0,4}$/),
        fc
          .fullUnicodeString({ minLength: 6 })
          .filter((text) => text.trim().length > 5 && !"undefined".includes(text)),
        (prefix, password) => {
          for (const url of [`redis://u:${encodeURIComponent(password)}@h`, `${prefix}${password}`]) {
            const resolved = resolveConnectSettings({ ...NO_FLAGS, url: secret(url) }, {})
            const shown = Either.isLeft(resolved)
              ? resolved.left.message
              : JSON.stringify({ ...resolved.right, seeds: [] })
            expect(shown).not.toContain(password)
          }
        }
      )
    )
  })
})
