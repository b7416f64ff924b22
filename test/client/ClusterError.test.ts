import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { inspect } from "node:util"
import {
  AskError,
  type ClientError,
  ClusterDownError,
  CrossSlotError,
  MaxRetriesExceeded,
  MovedError,
  TopologyError,
  TryAgainError
} from "../../src/client/ClusterError.ts"
import { RedisError } from "../../src/client/RedisError.ts"
import { RoutingError } from "../../src/client/RoutingError.ts"
import { ConnectionError } from "../../src/connection/ConnectionError.ts"

const node = "10.0.0.1:7000"
const moved = new MovedError({
  redirection: { kind: "MOVED", slot: 3999, host: "10.0.0.2", port: 7001 },
  node,
  command: "GET"
})

/** Fails with the error and catches it by its tag alone. */
const caught = <E extends ClientError>(error: E) =>
  Effect.fail<ClientError>(error).pipe(
    Effect.catchTags({
      MovedError: ({ redirection }) => Effect.succeed(`moved to ${redirection.host}`),
      AskError: ({ redirection }) => Effect.succeed(`ask ${redirection.host}`),
      ClusterDownError: ({ kind }) => Effect.succeed(`down: ${kind}`),
      TryAgainError: ({ reply }) => Effect.succeed(reply.slice(0, 8)),
      CrossSlotError: ({ command }) => Effect.succeed(`cross slot: ${command}`),
      MaxRetriesExceeded: ({ lastCause }) => Effect.succeed(`exhausted: ${lastCause._tag}`),
      TopologyError: ({ reason }) => Effect.succeed(reason),
      ConnectionError: ({ reason, sent }) => Effect.succeed(`${reason} ${sent}`),
      RedisError: ({ kind }) => Effect.succeed(`redis: ${kind}`),
      RoutingError: ({ command }) => Effect.succeed(`routing: ${command}`)
    })
  )

/** Each error, its one line, and what is left of it in a handler. */
const errors: ReadonlyArray<readonly [error: ClientError, message: string, handled: string]> = [
  [moved, "10.0.0.1:7000: GET: slot 3999 has moved to 10.0.0.2:7001", "moved to 10.0.0.2"],
  [
    new AskError({
      redirection: { kind: "ASK", slot: 0, host: "fe80::1", port: 65535 },
      node,
      command: "SET"
    }),
    "10.0.0.1:7000: SET: slot 0 is moving; ask [fe80::1]:65535",
    "ask fe80::1"
  ],
  [
    new ClusterDownError({
      kind: "CLUSTERDOWN",
      reply: "CLUSTERDOWN Hash slot not served",
      node,
      command: "INCR"
    }),
    "10.0.0.1:7000: INCR: CLUSTERDOWN Hash slot not served",
    "down: CLUSTERDOWN"
  ],
  [
    new TryAgainError({
      reply: "TRYAGAIN Multiple keys request during rehashing of slot",
      node,
      command: "MSETNX"
    }),
    "10.0.0.1:7000: MSETNX: TRYAGAIN Multiple keys request during rehashing of slot",
    "TRYAGAIN"
  ],
  [
    new CrossSlotError({ command: "RENAME" }),
    "RENAME: the keys belong to different slots; give them a common {hash tag} or send one command each",
    "cross slot: RENAME"
  ],
  [
    new MaxRetriesExceeded({ attempts: 6, command: "GET", lastCause: moved }),
    "GET: given up after 6 attempts; the last: 10.0.0.1:7000: GET: slot 3999 has moved to 10.0.0.2:7001",
    "exhausted: MovedError"
  ],
  [
    new TopologyError({ reason: "no node serves any slot", node }),
    "10.0.0.1:7000: no node serves any slot",
    "no node serves any slot"
  ],
  [
    new ConnectionError({
      reason: "Closed",
      sent: "maybe",
      node,
      command: "INCR",
      detail: "read ECONNRESET"
    }),
    "10.0.0.1:7000: INCR failed (Closed): read ECONNRESET; it may have been executed",
    "Closed maybe"
  ],
  [
    new ConnectionError({
      reason: "Connect",
      sent: "no",
      node,
      command: "CONNECT",
      detail: "connection refused"
    }),
    "10.0.0.1:7000: CONNECT failed (Connect): connection refused",
    "Connect no"
  ],
  [
    RedisError.of("OOM command not allowed when used memory > 'maxmemory'.", node, "SET"),
    "10.0.0.1:7000: SET: OOM command not allowed when used memory > 'maxmemory'.",
    "redis: OOM"
  ],
  [
    new RoutingError({ command: "SUBSCRIBE", reason: "it needs a connection of its own" }),
    "SUBSCRIBE: it needs a connection of its own",
    "routing: SUBSCRIBE"
  ]
]

describe("ClusterError", () => {
  for (const [error, message, handled] of errors) {
    it.effect(`${error._tag}: ${message.slice(0, 60)}`, () =>
      Effect.gen(function* () {
        expect(error).toBeInstanceOf(Error)
        expect(error.message).toBe(message)
        expect(error.message).not.toMatch(/\n/)
        expect(String(error)).toContain(error._tag)
        expect(JSON.parse(JSON.stringify(error))).toMatchObject({ _tag: error._tag })
        expect(inspect(error)).toContain(message)
        expect(yield* caught(error)).toBe(handled)
      })
    )
  }

  it.effect("is yieldable: the fiber fails with it", () =>
    Effect.gen(function* () {
      const failed = Effect.gen(function* () {
        return yield* moved
      })
      expect(yield* Effect.flip(failed)).toBe(moved)
    })
  )
})
