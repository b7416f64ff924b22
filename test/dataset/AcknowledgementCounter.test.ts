import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { AcknowledgementCounter } from "../../src/dataset/AcknowledgementCounter.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import type { RespValue } from "../../src/protocol/Resp.ts"
import { encodeValue } from "../../src/protocol/RespEncoder.ts"
import { chunked, chunkLengths, lineText, respValue } from "../support/RespArbitrary.ts"

type Seen = number | RespValue

/** What the counter makes of the chunks: counts in a row added up. */
const count = (chunks: ReadonlyArray<Uint8Array>) => {
  const seen: Array<Seen> = []
  const counter = new AcknowledgementCounter({
    onAcknowledged: (count) => {
      const last = seen.length - 1
      const before = seen[last]
      if (typeof before === "number") seen[last] = before + count
      else seen.push(count)
    },
    onOther: (reply) => seen.push(reply)
  })
  let error
  for (const chunk of chunks) error = counter.push(Buffer.from(chunk))
  return { seen, error }
}

const isOk = (value: RespValue): boolean => value._tag === "SimpleString" && value.value === "OK"

/** What it should make of the replies. */
const wished = (replies: ReadonlyArray<RespValue>): Array<Seen> => {
  const seen: Array<Seen> = []
  for (const reply of replies) {
    if (reply._tag === "Push") continue
    const last = seen.length - 1
    const before = seen[last]
    if (!isOk(reply)) seen.push(reply)
    else if (typeof before === "number") seen[last] = before + 1
    else seen.push(1)
  }
  return seen
}

const same = (some: ReadonlyArray<Seen>, others: ReadonlyArray<Seen>): boolean =>
  some.length === others.length &&
  some.every((one, index) => {
    const other = others[index]
    return typeof one === "number" || typeof other === "number" ? one === other : Resp.equals(one, other)
  })

const ok: fc.Arbitrary<RespValue> = fc.constant(Resp.ok)
/** Errors, words that begin like OK, and anything else a server could answer. */
const other: fc.Arbitrary<RespValue> = fc.oneof(
  fc.constantFrom("OOM command not allowed", "MOVED 1 127.0.0.1:7001", "").map(Resp.simpleError),
  lineText.map(Resp.simpleError),
  fc.constantFrom("O", "OKAY", "OK ", "+OK", "").map(Resp.simpleString),
  respValue
)
const replies = fc.array(fc.oneof({ weight: 6, arbitrary: ok }, { weight: 1, arbitrary: other }), {
  maxLength: 60
})
const encoded = (replies: ReadonlyArray<RespValue>): Buffer =>
  Buffer.concat(replies.map((reply) => encodeValue(reply)))

describe("the acknowledgement counter", () => {
  it("tells what the decoder tells, whatever the replies and the chunks", () => {
    fc.assert(
      fc.property(replies, chunkLengths, (replies, lengths) => {
        const { error, seen } = count(chunked(encoded(replies), lengths))
        expect([error, same(seen, wished(replies))]).toEqual([undefined, true])
      }),
      { numRuns: 2000 }
    )
  })

  it("tells the same at every split point", () => {
    fc.assert(
      fc.property(replies, (replies) => {
        const bytes = encoded(replies)
        const expected = wished(replies)
        for (let split = 0; split <= bytes.length; split++) {
          const { seen } = count([bytes.subarray(0, split), bytes.subarray(split)])
          if (!same(seen, expected)) throw new Error(`not at ${split} of ${bytes.length}`)
        }
      }),
      { numRuns: 200 }
    )
  })

  it("counts a run longer than it compares at once, from any byte of a reply on", () => {
    const bytes = Buffer.alloc(5 * 100_000, "+OK\r\n")
    for (let split = 0; split < 7; split++) {
      const { error, seen } = count([bytes.subarray(0, split), bytes.subarray(split)])
      expect([error, seen]).toEqual([undefined, [100_000]])
    }
  })

  it("makes no value of a plain success", () => {
    const { seen } = count([Buffer.from("+OK\r\n+OK\r\n-ERR no\r\n+OK\r\n")])
    expect(seen).toEqual([2, Resp.simpleError("ERR no"), 1])
  })

  it("leaves out what nobody asked for", () => {
    const { seen } = count([encoded([Resp.ok, Resp.push([Resp.bulkString("invalidate")]), Resp.ok])])
    expect(seen).toEqual([2])
  })

  it("ends at what is not the protocol, and stays there", () => {
    const { error, seen } = count([Buffer.from("+OK\r\n+OK\rX"), Buffer.from("+OK\r\n")])
    expect([error?._tag, error?.reason, seen]).toEqual(["ProtocolError", "MissingCrlf", [1]])
  })
})
