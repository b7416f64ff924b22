/**
 * The proxy beside one real server: the same commands to both, in the same
 * chunks, have the same replies, error texts included.
 */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as fc from "fast-check"
import * as net from "node:net"
import type { RespValue } from "../../src/protocol/Resp.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { RespEncoder } from "../../src/protocol/RespEncoder.ts"
import { RespDecoder } from "../../src/protocol/RespDecoder.ts"
import { chunked } from "../support/RespArbitrary.ts"
import { STANDALONE, startTestServers, TestCluster, THREE_MASTERS } from "../support/TestCluster.ts"
import { startTunnel } from "../support/TunnelRun.ts"
import { type Conversation, conversation, EXCLUDED, UNORDERED } from "./tunnel/Conversation.ts"

const RUNS = 250

/** Bytes per write. */
const chunkLengths = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }),
  fc.constant([100_000])
)

/** Sends bytes in chunks, and gives the replies once there are so many. */
interface Asker {
  readonly ask: (chunks: ReadonlyArray<Buffer>, replies: number) => Promise<ReadonlyArray<RespValue>>
}

const connect = (port: number): Effect.Effect<Asker, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => net.connect({ port, host: "127.0.0.1", noDelay: true })),
      (socket) => Effect.sync(() => socket.destroy())
    ),
    (socket): Asker => {
      let replies: Array<RespValue> = []
      let onReply = (): void => {}
      let failure: Error | undefined
      const decoder = new RespDecoder((value) => replies.push(value))
      socket.on("data", (chunk) => {
        if (decoder.push(chunk) !== undefined) failure = new Error("a reply is not of the protocol")
        onReply()
      })
      socket.on("close", () => {
        failure = new Error("the connection was closed")
        onReply()
      })
      socket.on("error", () => {})
      return {
        ask: async (chunks, count) => {
          replies = []
          const all = new Promise<void>((resolve, reject) => {
            onReply = () => (failure !== undefined ? reject(failure) : replies.length >= count && resolve())
          })
          for (const chunk of chunks) await new Promise((resolve) => socket.write(chunk, resolve))
          await all
          return replies
        }
      }
    }
  )

const sorted = (value: RespValue): RespValue => {
  const items = Resp.elements(value)
  if (items === undefined) return value
  const texts = items
    .map((item) => [JSON.stringify(item), item] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return { ...value, value: texts.map(([, item]) => item) } as RespValue
}

/** Where the two do not agree. */
const differences = (
  { commands }: Conversation,
  proxy: ReadonlyArray<RespValue>,
  server: ReadonlyArray<RespValue>
): ReadonlyArray<unknown> =>
  commands.flatMap(({ name, words }, index) => {
    const [ours, theirs] = [proxy, server].map((replies) =>
      UNORDERED.has(name) ? sorted(replies[index]) : replies[index]
    )
    return Resp.equals(ours, theirs)
      ? []
      : [{ command: words.join(" ").slice(0, 200), proxy: shown(ours), server: shown(theirs) }]
  })

const excluded = new Set(Object.values(EXCLUDED).flat())

const isExcluded = ([name, subcommand]: ReadonlyArray<string>): boolean =>
  excluded.has(name) || excluded.has(`${name} ${subcommand}`)

const shown = (value: RespValue): string => {
  const encoder = new RespEncoder()
  encoder.value(value)
  return encoder.take()!.toString("latin1").slice(0, 300)
}

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })(
  "the proxy in front of three masters",
  (it) => {
    it.scoped(
      "answers as one server does",
      () =>
        Effect.gen(function* () {
          const cluster = yield* TestCluster
          const single = yield* startTestServers(STANDALONE)
          const tunnel = yield* startTunnel(cluster)
          yield* Effect.promise(() =>
            fc.assert(
              fc.asyncProperty(conversation, chunkLengths, (talk, lengths) =>
                Effect.runPromise(
                  Effect.scoped(
                    Effect.gen(function* () {
                      const proxy = yield* connect(tunnel.port)
                      const server = yield* connect(single.nodes[0].server.port)
                      const start = [Buffer.from(`HELLO ${talk.protocol}\r\nFLUSHALL\r\n`)]
                      const chunks = chunked(talk.bytes, lengths).map((chunk) => Buffer.from(chunk))
                      const [ours, theirs] = yield* Effect.promise(() =>
                        Promise.all(
                          [proxy, server].map(async ({ ask }) => {
                            await ask(start, 2)
                            return ask(chunks, talk.commands.length)
                          })
                        )
                      )
                      for (const { words } of talk.commands) expect(isExcluded(words)).toBe(false)
                      expect(differences(talk, ours, theirs)).toEqual([])
                    })
                  )
                )
              ),
              { numRuns: RUNS, endOnFailure: false }
            )
          )
        }),
      120_000
    )
  }
)
