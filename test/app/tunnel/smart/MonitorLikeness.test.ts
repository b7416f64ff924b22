/** MONITOR through the proxy beside one real server. */
import { layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { STANDALONE, startTestServers, TestCluster, THREE_MASTERS } from "../../../support/TestCluster.ts"
import { expectAlike, type Step } from "./Likeness.ts"
import { startProxy } from "./ProxyFixture.ts"

const SCRIPT = "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])"

const talks: ReadonlyArray<readonly [title: string, steps: ReadonlyArray<Step>]> = [
  [
    "each command once, as it was said, from where it came",
    [
      [0, "MONITOR"],
      [1, "SET", "a", 'b\n"\\\u0001\u0007é'],
      [1, "set", "b", ""],
      [1, "MGET", "a", "b", "c"],
      [1, "MSET", "a", 1, "b", 2],
      [1, "DEL", "a", "b", "c"],
      [1, "DBSIZE"],
      [1, "PING"],
      [1, "CLIENT", "SETNAME", "me"],
      [1, "CONFIG", "GET", "maxmemory-samples"],
      [1, "GET"],
      [1, "nosuch"],
      [1, "SET", "a", 1],
      [1, "INCR", "a"],
      [1, "LPUSH", "a", 1],
      [2, "BLPOP", "none", "0.01"],
      [2, "PUBLISH", "x", "y"],
      [1, "SUBSCRIBE", "x"],
      [1, "PING"],
      [1, "GET", "a"],
      [1, "UNSUBSCRIBE", "x"],
      [1, "FLUSHALL"]
    ]
  ],
  [
    "no password",
    [
      [0, "MONITOR"],
      [1, "AUTH", "secret"],
      [1, "AUTH", "user", "secret"],
      [1, "HELLO", 2, "SETNAME", "me", "AUTH", "user", "secret"],
      [1, "MIGRATE", "127.0.0.1", 1, "none", 0, 10, "AUTH", "secret"],
      [1, "MIGRATE", "127.0.0.1", 1, "none", 0, 10, "COPY", "auth2", "user", "secret"],
      [1, "MIGRATE", "127.0.0.1", 1, "", 0, 10, "AUTH", "secret", "KEYS", "auth", "none{auth}"]
    ]
  ],
  [
    "transactions when they are executed",
    [
      [0, "MONITOR"],
      [1, "MULTI"],
      [1, "SET", "{t}a", 1],
      [1, "GET", "{t}a"],
      [1, "EXEC"],
      [1, "MULTI"],
      [1, "nosuch"],
      [1, "SET", "{t}a", 2],
      [1, "EXEC"],
      [1, "MULTI"],
      [1, "MULTI"],
      [1, "WATCH", "{t}a"],
      [1, "DISCARD"],
      [1, "MULTI"],
      [1, "EXEC"],
      [1, "WATCH", "{t}a"],
      [2, "SET", "{t}a", 3],
      [1, "MULTI"],
      [1, "GET", "{t}a"],
      [1, "EXEC"]
    ]
  ],
  [
    "scripts, and behind them what they do",
    [
      [0, "MONITOR"],
      [1, "EVAL", SCRIPT, 1, "a", "b"],
      [1, "EVAL", SCRIPT, 1, "b", "c"],
      [1, "EVALSHA", "0".repeat(40), 0]
    ]
  ],
  [
    "to one that may not use keys until RESET",
    [
      [0, "MONITOR"],
      [0, "GET", "a"],
      [0, "SET", "a", 1],
      [0, "DBSIZE"],
      [0, "PUBLISH", "x", "y"],
      [0, "PFCOUNT", "h"],
      [0, "EVAL_RO", "return 1", 0],
      [0, "XREAD", "STREAMS", "s", 0],
      [0, "FLUSHALL"],
      [0, "GET"],
      [0, "MONITOR"],
      [0, "RESET"],
      [1, "SET", "a", 1],
      [0, "GET", "a"],
      [0, "MULTI"],
      [0, "MONITOR"],
      [0, "EXEC"]
    ]
  ]
]

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })(
  "MONITOR shows, as one server does,",
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
