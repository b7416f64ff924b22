import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { TEST_PASSWORD, TestCluster, TLS_AND_PASSWORD } from "../../../support/TestCluster.ts"
import { connectPlain, startProxy } from "./ProxyFixture.ts"

const WRONG = "-WRONGPASS invalid username-password pair or user is disabled."

layer(TestCluster.layer({ masters: 3, ...TLS_AND_PASSWORD }), { excludeTestServices: true })(
  "who may use a proxy",
  (it) => {
    it.scoped(
      "in front of TLS and a password: everybody, or by AUTH as the user that the cluster knows",
      () =>
        Effect.gen(function* () {
          const { port } = yield* startProxy(yield* TestCluster)
          const client = yield* connectPlain(port)
          expect(yield* client.ask("SET", "a", "1")).toBe("OK")
          expect(yield* client.ask("AUTH", "wrong")).toBe(WRONG)
          expect(yield* client.ask("AUTH", "default", TEST_PASSWORD)).toBe("OK")
          expect(yield* client.ask("ACL", "SETUSER", "reader", "on", ">secret", "~*", "+get", "+ping")).toBe(
            "OK"
          )
          expect(yield* client.ask("HELLO", 3, "AUTH", "reader", "secret")).toMatchObject({ proto: 3 })
          expect(yield* client.ask("GET", "a")).toBe("1")
          expect(yield* client.ask("SET", "a", "2")).toMatch(
            /^-NOPERM .* no permissions to run the 'set' command$/
          )
        })
    )

    it.scoped("with users of its own: who knows their passwords, and nobody else", () =>
      Effect.gen(function* () {
        const users = new Map([["default", Redacted.make("open")]])
        const { port } = yield* startProxy(yield* TestCluster, { access: { kind: "users", users } })
        const client = yield* connectPlain(port)
        expect(yield* client.ask("GET", "a")).toBe("-NOAUTH Authentication required.")
        expect(yield* client.ask("HELLO", 3)).toMatch(/^-NOAUTH HELLO must be called/)
        expect(yield* client.ask("AUTH", "wrong")).toBe(WRONG)
        expect(yield* client.ask("AUTH", TEST_PASSWORD)).toBe(WRONG)
        expect(yield* client.ask("AUTH", "nobody", "open")).toBe(WRONG)
        expect(yield* client.ask("AUTH", "open")).toBe("OK")
        expect(yield* client.ask("SET", "b", "1")).toBe("OK")
        expect(yield* client.ask("RESET")).toBe("RESET")
        expect(yield* client.ask("GET", "b")).toBe("-NOAUTH Authentication required.")
        client.socket.write("*11\r\n")
        expect((yield* client.take(1))[0]).toMatchObject({
          value: "ERR Protocol error: unauthenticated multibulk length"
        })
        yield* client.closed
      })
    )
  }
)
