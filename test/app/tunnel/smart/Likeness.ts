/** Several clients' words, one after the other, said to the proxy and to one real server: what each client gets has to be the same. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { RespValue } from "../../../../src/protocol/Resp.ts"
import { RespEncoder } from "../../../../src/protocol/RespEncoder.ts"
import { connectPlain, type PlainClient } from "./ProxyFixture.ts"

/** Who says it, and what; `$N` stands for the CLIENT ID of client N. */
export type Step = readonly [who: number, ...words: ReadonlyArray<string | number>]

interface Speaker {
  readonly client: PlainClient
  readonly id: string
}

const speakers = (port: number, count: number): Effect.Effect<ReadonlyArray<Speaker>, never, Scope.Scope> =>
  Effect.forEach(Array.from({ length: count }), () =>
    Effect.gen(function* () {
      const client = yield* connectPlain(port)
      return { client, id: String(yield* client.ask("CLIENT", "ID")) }
    })
  )

const spoken = (words: ReadonlyArray<string | number>, all: ReadonlyArray<Speaker>): ReadonlyArray<string> =>
  words.map((word) => String(word).replace(/^\$(\d)$/, (_, who) => all[Number(who)].id))

/** What a client was told, in lines, with clients' numbers and addresses as `$N`, and without the time. */
const shown = (values: ReadonlyArray<RespValue>, all: ReadonlyArray<Speaker>): ReadonlyArray<string> =>
  values.map((value) => {
    const encoder = new RespEncoder()
    encoder.value(value)
    const text = encoder.take()!.toString("latin1")
    const from = (id: string): string => `$${all.findIndex((speaker) => speaker.id === id)}`
    const at = (port: string): string =>
      `$${all.findIndex(({ client: { socket } }) => String(socket.localPort) === port)}`
    return text
      .replaceAll(CLIENT_NUMBER, (_, before: string, id: string) => before + from(id))
      .replace(MONITOR_HEAD, (_, port: string) => `+[0 ${at(port)}] `)
      .replace(SCRIPT_HEAD, "+[0 lua] ")
  })
const MONITOR_HEAD = /^\+\d+\.\d{6} \[0 127\.0\.0\.1:(\d+)\] /
const SCRIPT_HEAD = /^\+\d+\.\d{6} \[0 lua\] /
/** Of the one that is told instead. */
const CLIENT_NUMBER = /((?:redirect|redir-broken|id)\r\n:)([1-9]\d*)/g

/** By then a server has said all that it has to say: what was written before is read before, and MONITOR does not show this. */
const settled = (witness: PlainClient): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (let round = 0; round < ROUNDS; round++) {
      yield* witness.ask("CONFIG", "GET", "port")
      yield* Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void)))
    }
  })
const ROUNDS = 3

/** After each step the proxy has to have told each client as much as the server, the same, and in the same order. */
export const expectAlike = (
  proxyPort: number,
  serverPort: number,
  clients: number,
  steps: ReadonlyArray<Step>
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const ours = yield* speakers(proxyPort, clients)
    const theirs = yield* speakers(serverPort, clients)
    const witness = yield* connectPlain(serverPort)
    for (const [who, ...words] of steps) {
      theirs[who].client.send(...spoken(words, theirs))
      yield* settled(witness)
      const told = yield* Effect.forEach(theirs, ({ client }) => client.take(client.untaken))
      ours[who].client.send(...spoken(words, ours))
      const heard = yield* Effect.forEach(ours, ({ client }, index) => client.take(told[index].length))
      const step = words.join(" ")
      expect({ step, told: heard.map((values) => shown(values, ours)) }).toEqual({
        step,
        told: told.map((values) => shown(values, theirs))
      })
    }
    expect(ours.map(({ client }) => client.untaken)).toEqual(ours.map(() => 0))
  })
