/** What a client hears through a pinned port, whatever the chunks: the nodes at the tunnel's ports, all else as it was. */
import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import type { Place } from "../../../../src/app/tunnel/pinned/ClusterReply.ts"
import { watchTraffic } from "../../../../src/app/tunnel/traffic/TrafficWatch.ts"
import type { Viewpoint } from "../../../../src/app/tunnel/traffic/ReplyRewriter.ts"
import * as Resp from "../../../../src/protocol/Resp.ts"
import type { RespValue } from "../../../../src/protocol/Resp.ts"
import { RespEncoder } from "../../../../src/protocol/RespEncoder.ts"

const SHIFT = 1000
const LOCAL = "127.0.0.1"

/** A node at port P is found at LOCAL, P + 1000; those at ports from 9000 on are not known at first. */
class Tunnel implements Viewpoint {
  readonly isServerTls = false
  readonly isClientTls = false
  readonly learnt: Array<Place> = []
  private readonly waiting: Array<() => void> = []

  readonly replace = ({ port }: Place): Place | undefined =>
    port < 9000 || this.learnt.some((node) => node.port === port)
      ? { host: LOCAL, port: port + SHIFT }
      : undefined

  readonly learn = (nodes: ReadonlyArray<Place>, done: () => void): void => {
    this.waiting.push(() => {
      this.learnt.push(...nodes)
      done()
    })
  }

  /** The ports that were asked for are there. */
  catchUp(): void {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) next()
  }
}

const encoded = (value: RespValue): Buffer => {
  const encoder = new RespEncoder()
  encoder.value(value)
  return encoder.take()!
}

const request = (...words: ReadonlyArray<string | Buffer>): Buffer => {
  const encoder = new RespEncoder()
  encoder.command(words)
  return encoder.take()!
}

const cut = (bytes: Buffer, places: ReadonlyArray<number>): ReadonlyArray<Buffer> => {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...ends, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end))
}

/** What a client hears when it sends these commands and the server says that. */
const heard = (
  requests: Buffer,
  replies: Buffer,
  cuts: { readonly requests: ReadonlyArray<number>; readonly replies: ReadonlyArray<number> } = {
    requests: [],
    replies: []
  }
): string => {
  const tunnel = new Tunnel()
  const given: Array<Buffer> = []
  const watch = watchTraffic(tunnel, undefined, {
    give: (bytes) => given.push(Buffer.from(bytes)),
    released: () => {}
  })
  for (const chunk of cut(requests, cuts.requests)) watch.asked(Buffer.from(chunk))
  for (const chunk of cut(replies, cuts.replies)) watch.answered(Buffer.from(chunk))
  tunnel.catchUp()
  expect(watch.isHolding).toBe(false)
  return Buffer.concat(given).toString("latin1")
}

interface Exchange {
  readonly request: Buffer
  readonly reply: ReadonlyArray<RespValue>
  readonly heard: ReadonlyArray<RespValue>
}

const asItIs = (request: Buffer, ...reply: ReadonlyArray<RespValue>): Exchange => ({
  request,
  reply,
  heard: reply
})

const host = fc.constantFrom("10.0.0.1", "127.0.0.1", "node.example", "fe80::1")
const port = fc.constantFrom(6379, 7000, 7001, 9001)
const id = "f".repeat(40)

const slots = fc.array(
  fc.record({
    range: fc.tuple(fc.nat(16383), fc.nat(16383)),
    nodes: fc.array(fc.record({ host, port }), { minLength: 1, maxLength: 3 })
  }),
  { maxLength: 3 }
)
type Slots = typeof slots extends fc.Arbitrary<infer A> ? A : never

const slotsReply = (
  ranges: Slots,
  at: (place: Place) => Place,
  metadata: ReadonlyArray<RespValue>
): RespValue =>
  Resp.array(
    ranges.map(({ nodes, range }) =>
      Resp.array([
        ...range.map(Resp.integer),
        ...nodes.map((node) =>
          Resp.array([
            Resp.bulkString(at(node).host),
            Resp.integer(at(node).port),
            Resp.bulkString(id),
            ...metadata
          ])
        )
      ])
    )
  )

const moved = ({ port }: Place): Place => ({ host: LOCAL, port: port + SHIFT })
const METADATA = Resp.array([Resp.bulkString("hostname"), Resp.bulkString("node.example")])

const nodesText = (nodes: ReadonlyArray<Place>, at: (place: Place) => Place, name: string): string =>
  nodes
    .map(
      (node) =>
        `${id} ${at(node).host}:${at(node).port}@17000${name} master - 0 1426238317239 4 connected 0-5460\n`
    )
    .join("")

const nodes = fc.array(fc.record({ host, port }), { minLength: 1, maxLength: 3 })

const cased = (word: string) =>
  fc
    .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
    .map((uppers) =>
      [...word].map((letter, index) => (uppers[index] ? letter.toUpperCase() : letter)).join("")
    )

const cluster = (subcommand: string) =>
  fc
    .tuple(cased("cluster"), cased(subcommand))
    .map(([name, sub]) => request(name, sub, ...(subcommand === "replicas" ? [id] : [])))

/** Replies that name nodes, and those that look like them and do not. */
const naming: fc.Arbitrary<Exchange> = fc.oneof(
  fc.tuple(cluster("slots"), slots).map(([request, ranges]) => ({
    request,
    reply: [slotsReply(ranges, (node) => node, [METADATA])],
    heard: [slotsReply(ranges, moved, [Resp.array([])])]
  })),
  fc.tuple(cluster("nodes"), nodes).map(([request, all]) => ({
    request,
    reply: [Resp.bulkString(nodesText(all, (node) => node, ",node.example"))],
    heard: [Resp.bulkString(nodesText(all, moved, ""))]
  })),
  fc.tuple(cluster("replicas"), nodes).map(([request, all]) => ({
    request,
    reply: [Resp.array(all.map((node) => Resp.bulkString(nodesText([node], (node) => node, ""))))],
    heard: [Resp.array(all.map((node) => Resp.bulkString(nodesText([node], moved, ""))))]
  }))
)

const LOOKALIKES: ReadonlyArray<RespValue> = [
  Resp.bulkString("3.14"),
  Resp.bulkString("10.0.0.1"),
  Resp.bulkString("10.0.0.1:7000"),
  Resp.bulkString(nodesText([{ host: "10.0.0.1", port: 7000 }], (node) => node, "")),
  Resp.bulkString("-MOVED 1 10.0.0.1:7000\r\n"),
  slotsReply([{ range: [0, 1], nodes: [{ host: "10.0.0.1", port: 7000 }] }], (node) => node, [METADATA]),
  Resp.array([Resp.simpleError("MOVED 1 10.0.0.1:7000")]),
  Resp.array([Resp.bulkString("subscribe"), Resp.bulkString("x"), Resp.integer(1)]),
  Resp.array([Resp.bulkString("message"), Resp.bulkString("x"), Resp.bulkString("y")]),
  Resp.simpleString("QUEUED"),
  Resp.simpleString("MOVED 1 10.0.0.1:7000"),
  Resp.simpleError("ERR MOVED 1 10.0.0.1:7000"),
  Resp.simpleError("WRONGTYPE Operation against a key"),
  Resp.nullBulkString,
  Resp.nullArray,
  Resp.integer(7000),
  Resp.map([[Resp.bulkString("port"), Resp.integer(7000)]]),
  Resp.bulkString(Buffer.alloc(3000, "\r\n*3"))
]

const ordinary: fc.Arbitrary<Exchange> = fc
  .tuple(
    fc.constantFrom(
      request("GET", "k"),
      request("LRANGE", "CLUSTER", "SLOTS"),
      request("SET", "CLUSTER", Buffer.alloc(5000, "*3\r\n$7\r\nCLUSTER\r\n")),
      request("SETRANGE", "CLUSTER", "0", Buffer.alloc(5000, "*3\r\n$7\r\nCLUSTER\r\n"), "x"),
      request("CLUSTER", "INFO"),
      request("CLIENT", "LIST"),
      Buffer.from("get k\r\n"),
      Buffer.from("\r\n\r\nping\n")
    ),
    fc.constantFrom(...LOOKALIKES)
  )
  .map(([request, reply]) => asItIs(request, reply))

const redirected: fc.Arbitrary<Exchange> = fc
  .record({ kind: fc.constantFrom("MOVED", "ASK"), host, port, slot: fc.nat(16383) })
  .map(({ host, kind, port, slot }) => ({
    request: request("GET", "k"),
    reply: [Resp.simpleError(`${kind} ${slot} ${host}:${port}`)],
    heard: [Resp.simpleError(`${kind} ${slot} ${LOCAL}:${port + SHIFT}`)]
  }))

const silent: fc.Arbitrary<Exchange> = fc.constantFrom(
  asItIs(Buffer.concat([request("CLIENT", "REPLY", "SKIP"), request("GET", "k")])),
  asItIs(
    Buffer.concat([
      request("client", "reply", "off"),
      request("CLUSTER", "SLOTS"),
      request("CLIENT", "REPLY", "SKIP"),
      request("GET", "k"),
      request("CLIENT", "REPLY", "ON")
    ]),
    Resp.ok
  )
)

const transaction: fc.Arbitrary<Exchange> = fc
  .tuple(
    fc.array(fc.oneof(naming, ordinary), { maxLength: 4 }),
    fc.constantFrom("EXEC", "DISCARD", "ABORTED")
  )
  .map(([inner, end]) => {
    const commands = [
      request("MULTI"),
      ...inner.map(({ request }) => request),
      request(end === "ABORTED" ? "EXEC" : end)
    ]
    const results =
      end === "EXEC"
        ? [Resp.array(inner.flatMap(({ reply }) => reply))]
        : end === "DISCARD"
          ? [Resp.ok]
          : [Resp.nullArray]
    const queued = [Resp.ok, ...inner.map(() => Resp.queued)]
    return {
      request: Buffer.concat(commands),
      reply: [...queued, ...results],
      heard: [...queued, ...(end === "EXEC" ? [Resp.array(inner.flatMap(({ heard }) => heard))] : results)]
    }
  })

const confirmation = (word: string, topic: string, total: number): RespValue =>
  Resp.array([Resp.bulkString(word), Resp.bulkString(topic), Resp.integer(total)])
const message = (text: string): RespValue =>
  Resp.array([Resp.bulkString("message"), Resp.bulkString("a"), Resp.bulkString(text)])

/** As RESP2 has it, where messages are arrays like any other. */
const subscription: fc.Arbitrary<Exchange> = fc
  .tuple(fc.boolean(), fc.nat(3))
  .map(([isAll, messages]) =>
    asItIs(
      Buffer.concat([
        request("SUBSCRIBE", "a", "b"),
        request("PSUBSCRIBE", "p*"),
        request("PING"),
        request("CLUSTER", "SLOTS"),
        ...(isAll ? [request("UNSUBSCRIBE")] : [request("UNSUBSCRIBE", "a", "b")]),
        request("PUNSUBSCRIBE")
      ]),
      confirmation("subscribe", "a", 1),
      ...Array.from({ length: messages }, () => message("10.0.0.1:7000")),
      confirmation("subscribe", "b", 2),
      confirmation("psubscribe", "p*", 3),
      ...Array.from({ length: messages }, () => message("x")),
      Resp.array([Resp.bulkString("pong"), Resp.bulkString("")]),
      Resp.simpleError(
        "ERR Can't execute 'cluster|slots': only (P|S)SUBSCRIBE / ... are allowed in this context"
      ),
      confirmation("unsubscribe", "a", 2),
      confirmation("unsubscribe", "b", 1),
      message("late"),
      confirmation("punsubscribe", "p*", 0)
    )
  )

const asPush = (value: RespValue): RespValue => Resp.push(Resp.elements(value) ?? [])

/** In RESP3 they are pushes, and any command may be sent meanwhile. */
const pushes: fc.Arbitrary<Exchange> = fc.tuple(naming, ordinary).map(([inner, other]) => ({
  request: Buffer.concat([
    request("HELLO", "3"),
    request("SUBSCRIBE", "a", "b"),
    inner.request,
    other.request,
    request("UNSUBSCRIBE"),
    request("HELLO", "2")
  ]),
  reply: [
    Resp.map([[Resp.bulkString("proto"), Resp.integer(3)]]),
    ...[confirmation("subscribe", "a", 1), message("x"), confirmation("subscribe", "b", 2), message("y")].map(
      asPush
    ),
    ...inner.reply,
    asPush(message("z")),
    ...other.reply,
    ...[confirmation("unsubscribe", "a", 1), confirmation("unsubscribe", "b", 0)].map(asPush),
    Resp.array([Resp.bulkString("proto"), Resp.integer(2)])
  ],
  heard: [
    Resp.map([[Resp.bulkString("proto"), Resp.integer(3)]]),
    ...[confirmation("subscribe", "a", 1), message("x"), confirmation("subscribe", "b", 2), message("y")].map(
      asPush
    ),
    ...inner.heard,
    asPush(message("z")),
    ...other.heard,
    ...[confirmation("unsubscribe", "a", 1), confirmation("unsubscribe", "b", 0)].map(asPush),
    Resp.array([Resp.bulkString("proto"), Resp.integer(2)])
  ]
}))

const exchange = fc.oneof(naming, ordinary, ordinary, redirected, silent, transaction, subscription, pushes)
const cuts = fc.array(fc.nat(100_000), { maxLength: 12 })

describe("A pinned client", () => {
  it("hears every reply as it is, but for the nodes that it names, wherever chunks are cut", () => {
    fc.assert(
      fc.property(fc.array(exchange, { maxLength: 8 }), cuts, cuts, (exchanges, requestCuts, replyCuts) => {
        const requests = Buffer.concat(exchanges.map(({ request }) => request))
        const replies = Buffer.concat(exchanges.flatMap(({ reply }) => reply.map(encoded)))
        const wanted = Buffer.concat(exchanges.flatMap(({ heard }) => heard.map(encoded))).toString("latin1")
        expect(heard(requests, replies, { requests: requestCuts, replies: replyCuts })).toBe(wanted)
      }),
      { numRuns: 1500 }
    )
  })

  it("hears it byte by byte", () => {
    fc.assert(
      fc.property(fc.array(exchange, { maxLength: 3 }), (exchanges) => {
        const requests = Buffer.concat(exchanges.map(({ request }) => request))
        const replies = Buffer.concat(exchanges.flatMap(({ reply }) => reply.map(encoded)))
        const wanted = Buffer.concat(exchanges.flatMap(({ heard }) => heard.map(encoded))).toString("latin1")
        const all = (bytes: Buffer) => Array.from(bytes, (_, index) => index)
        expect(heard(requests, replies, { requests: all(requests), replies: all(replies) })).toBe(wanted)
      }),
      { numRuns: 100 }
    )
  })

  it("hears MONITOR and PSYNC as they are, and what the server says unasked", () => {
    const stream = '+OK\r\n+1339518083.107412 [0 127.0.0.1:60866] "cluster" "slots"\r\n'
    expect(heard(request("MONITOR"), Buffer.from(stream))).toBe(stream)
    const sync = "+FULLRESYNC 8de1787ba490483314a4d30f1c628bc5025eb761 0\r\n$3\r\n-MOVED 1 10.0.0.1:7000\r\n"
    expect(heard(request("PSYNC", "?", "-1"), Buffer.from(sync))).toBe(sync)
    expect(heard(Buffer.alloc(0), Buffer.from("-ERR max number of clients reached\r\n"))).toBe(
      "-ERR max number of clients reached\r\n"
    )
    const broken = "+OK\r\n-ERR Protocol error: invalid bulk length\r\n"
    expect(heard(Buffer.from("PING\r\n*1\r\n$x\r\n"), Buffer.from(broken))).toBe(broken)
    expect(heard(request("GET", "k"), Buffer.from("HTTP/1.1 200 OK\r\n"))).toBe("HTTP/1.1 200 OK\r\n")
  })
})
