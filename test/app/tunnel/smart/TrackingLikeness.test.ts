/** CLIENT TRACKING through the proxy beside one real server. */
import { layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { STANDALONE, startTestServers, TestCluster, THREE_MASTERS } from "../../../support/TestCluster.ts"
import { expectAlike, type Step } from "./Likeness.ts"
import { startProxy } from "./ProxyFixture.ts"

const TRACKING = ["CLIENT", "TRACKING"] as const
const CACHING = ["CLIENT", "CACHING"] as const
const INFO = ["CLIENT", "TRACKINGINFO"] as const

const talks: ReadonlyArray<readonly [title: string, steps: ReadonlyArray<Step>]> = [
  [
    "options, in the order and the words of the server",
    [
      [0, "HELLO", 3],
      [0, ...INFO],
      [0, ...CACHING, "YES"],
      [0, ...CACHING, "maybe"],
      [0, ...TRACKING, "maybe"],
      [0, ...TRACKING, "maybe", "REDIRECT", 12345],
      [0, ...TRACKING, "OFF", "FOO"],
      [0, ...TRACKING, "ON", "FOO"],
      [0, ...TRACKING, "ON", "REDIRECT"],
      [0, ...TRACKING, "ON", "REDIRECT", "x"],
      [0, ...TRACKING, "ON", "REDIRECT", -1],
      [0, ...TRACKING, "ON", "REDIRECT", 0],
      [0, ...TRACKING, "ON", "REDIRECT", "$1", "REDIRECT", "$1"],
      [0, ...TRACKING, "ON", "PREFIX", "a"],
      [0, ...TRACKING, "ON", "BCAST", "OPTIN"],
      [0, ...TRACKING, "ON", "OPTIN", "OPTOUT"],
      [0, ...TRACKING, "ON", "BCAST", "PREFIX", "foo", "PREFIX", "f"],
      [0, ...INFO],
      [0, ...TRACKING, "ON", "OPTIN"],
      [0, ...INFO],
      [0, ...CACHING, "NO"],
      [0, ...CACHING, "maybe"],
      [0, ...CACHING, "YES"],
      [0, ...INFO],
      [0, "PING"],
      [0, ...INFO],
      [0, ...TRACKING, "ON", "OPTOUT"],
      [0, ...TRACKING, "ON", "BCAST"],
      [0, ...TRACKING, "ON", "NOLOOP"],
      [0, ...INFO],
      [0, ...TRACKING, "ON", "OPTOUT"],
      [0, ...CACHING, "YES"],
      [0, ...CACHING, "NO"],
      [0, ...INFO],
      [0, ...TRACKING, "OFF"],
      [0, ...INFO],
      [0, "CLIENT", "GETREDIR"]
    ]
  ],
  [
    "prefixes that add up, and are kept in order",
    [
      [0, "HELLO", 3],
      [0, ...TRACKING, "ON", "BCAST", "PREFIX", "p:", "PREFIX", "a:"],
      [0, ...INFO],
      [0, ...TRACKING, "ON", "BCAST", "PREFIX", "k:", "NOLOOP"],
      [0, ...INFO],
      [0, ...TRACKING, "ON", "BCAST", "PREFIX", "p:1"],
      [0, ...TRACKING, "ON", "BCAST", "PREFIX", "p"],
      [1, "SET", "p:x", 1],
      [1, "SET", "k:x", 1],
      [1, "SET", "other", 1],
      [0, "SET", "a:x", 1],
      [0, ...TRACKING, "ON", "BCAST"],
      [0, ...INFO],
      [1, "SET", "other", 1],
      [0, ...TRACKING, "OFF"],
      [0, ...INFO],
      [1, "SET", "p:x", 1]
    ]
  ],
  [
    "what is read by a transaction, a script, a command that may wait",
    [
      [0, "HELLO", 3],
      [0, ...TRACKING, "ON"],
      [0, "XREAD", "BLOCK", 1, "STREAMS", "stream", "$"],
      [1, "XADD", "stream", "1-1", "f", "v"],
      [0, "MULTI"],
      [0, "GET", "in"],
      [0, "EXEC"],
      [1, "SET", "in", 1],
      [0, "WATCH", "watched"],
      [0, "GET", "watched"],
      [1, "SET", "watched", 1],
      [0, "UNWATCH"],
      [0, "EVAL", "return redis.call('GET', KEYS[1])", 1, "scripted"],
      [1, "SET", "scripted", 1],
      [0, "EVAL", "return redis.call('SET', KEYS[1], 'x')", 1, "written"],
      [1, "SET", "written", 1],
      [0, "MGET", "a", "b", "c"],
      [1, "MSET", "b", 1],
      [1, "FLUSHALL"],
      [0, "GET", "mine"],
      [0, "SET", "mine", 1],
      [0, "FLUSHDB"],
      [0, "PING"],
      [0, "FLUSHALL"],
      [0, "PING"]
    ]
  ],
  [
    "its own changes left out, also those of commands that may wait",
    [
      [0, "HELLO", 3],
      [0, ...TRACKING, "ON", "NOLOOP"],
      [0, "RPUSH", "list", 1, 2, 3],
      [0, "LLEN", "list"],
      [0, "BLPOP", "list", 0],
      [0, "LLEN", "list"],
      [1, "BLPOP", "list", 0],
      [0, "BLPOP", "none", "0.01"],
      [0, "LLEN", "list"],
      [0, "PING"]
    ]
  ],
  [
    "CLIENT CACHING ahead of a command, of a transaction, and in one",
    [
      [0, "HELLO", 3],
      [0, ...TRACKING, "ON", "OPTIN"],
      [0, "GET", "unasked"],
      [0, ...CACHING, "YES"],
      [0, "GET", "asked"],
      [0, "GET", "later"],
      [1, "MSET", "unasked", 1],
      [1, "SET", "asked", 1],
      [1, "SET", "later", 1],
      [0, ...CACHING, "YES"],
      [0, "CLIENT", "GETNAME"],
      [0, "GET", "asked"],
      [1, "SET", "asked", 1],
      [0, ...CACHING, "YES"],
      [0, "MULTI"],
      [0, "GET", "{t}1"],
      [0, "GET", "{t}2"],
      [0, "EXEC"],
      [0, "GET", "{t}3"],
      [1, "MSET", "{t}1", 1, "{t}2", 1, "{t}3", 1],
      [0, "MULTI"],
      [0, "GET", "{t}1"],
      [0, ...CACHING, "YES"],
      [0, "GET", "{t}2"],
      [0, "EXEC"],
      [0, "GET", "{t}3"],
      [1, "MSET", "{t}1", 1, "{t}2", 1, "{t}3", 1],
      [0, ...CACHING, "YES"],
      [0, "MULTI"],
      [0, "DISCARD"],
      [0, "GET", "{t}1"],
      [1, "SET", "{t}1", 1],
      [0, ...CACHING, "YES"],
      [0, "EVAL", "return redis.call('GET', KEYS[1])", 1, "scripted"],
      [1, "SET", "scripted", 1],
      [0, "PING"]
    ]
  ],
  [
    "another client that is told, changes, and leaves",
    [
      [1, "SUBSCRIBE", "anything"],
      [0, ...TRACKING, "ON", "REDIRECT", "$1"],
      [0, ...INFO],
      [0, "GET", "a"],
      [2, "SET", "a", 1],
      [2, "FLUSHALL"],
      [0, "HELLO", 3],
      [0, "GET", "b"],
      [2, "SET", "b", 1],
      [0, ...TRACKING, "ON"],
      [0, ...INFO],
      [0, "GET", "c"],
      [2, "SET", "c", 1],
      [0, ...TRACKING, "ON", "REDIRECT", "$1", "NOLOOP"],
      [0, "GET", "a"],
      [2, "SET", "a", 1],
      [1, "QUIT"],
      [0, ...INFO],
      [0, "GET", "a"],
      [2, "SET", "a", 1],
      [0, ...INFO],
      [0, ...TRACKING, "ON"],
      [0, ...INFO]
    ]
  ],
  [
    "a protocol that changes before its connections are there",
    [
      [1, "SUBSCRIBE", "anything"],
      [0, ...TRACKING, "ON", "BCAST", "REDIRECT", "$1", "NOLOOP"],
      ...Array.from({ length: 10 }, (_, round): Step => [0, "HELLO", round % 2 === 0 ? 3 : 2]),
      [0, ...TRACKING, "OFF"],
      [0, ...TRACKING, "ON", "REDIRECT", "$1"],
      ...Array.from({ length: 10 }, (_, round): Step => [0, "HELLO", round % 2 === 0 ? 3 : 2]),
      [0, "GET", "a"],
      [2, "SET", "a", 1],
      [0, "GET", "a"],
      [2, "SET", "a", 1]
    ]
  ]
]

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })(
  "tracking, as one server does it",
  (it) => {
    for (const [title, steps] of talks) {
      it.scoped(title, () =>
        Effect.gen(function* () {
          const { port } = yield* startProxy(yield* TestCluster)
          const single = yield* startTestServers(STANDALONE)
          yield* expectAlike(port, single.nodes[0].server.port, 3, [[2, "FLUSHALL"], ...steps])
        })
      )
    }
  }
)
