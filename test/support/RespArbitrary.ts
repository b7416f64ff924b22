/** Arbitrary values and commands for properties; every value is one that a server could send. */
import * as fc from "fast-check"
import * as Resp from "../../src/protocol/Resp.ts"
import type { CommandArgument, RespValue } from "../../src/protocol/Resp.ts"

const MIN_INT64 = -(2n ** 63n)
const MAX_INT64 = 2n ** 63n - 1n

/** Text of whole characters, control characters and emoji included. */
const anyText = fc.string({ unit: "binary", maxLength: 40 })

/** Text that fits in one line of the protocol. */
export const lineText: fc.Arbitrary<string> = anyText.map((text) => text.replaceAll(/[\r\n]/g, " "))

/** Text of arbitrary UTF-16 units, so that surrogates stand alone and in the wrong order. */
export const brokenText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd800, max: 0xdfff })), {
    maxLength: 40
  })
  .map((units) => String.fromCharCode(...units))

/** Bytes in which line ends are frequent. */
export const bytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc
    .array(fc.constantFrom(13, 10, 36, 42, 48, 0, 255), { maxLength: 16 })
    .map((list) => Uint8Array.from(list))
)

const int64 = fc.oneof(
  fc.bigInt({ min: MIN_INT64, max: MAX_INT64 }),
  fc.constantFrom(MIN_INT64, MAX_INT64, 2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), -(2n ** 53n) + 1n, 0n)
)

const scalar: fc.Arbitrary<RespValue> = fc.oneof(
  lineText.map(Resp.simpleString),
  fc.constantFrom("OK", "PONG", "QUEUED").map(Resp.simpleString),
  lineText.map(Resp.simpleError),
  int64.map(Resp.integer),
  bytes.map((value) => Resp.bulkString(value)),
  fc.constantFrom<RespValue>(Resp.nullBulkString, Resp.nullArray, Resp.nullValue),
  fc.boolean().map(Resp.boolean),
  fc.double().map(Resp.double),
  fc.bigInt().map(Resp.bigNumber),
  anyText.map(Resp.bulkError),
  fc
    .tuple(fc.constantFrom("txt", "mkd", "a:b"), bytes)
    .map(([format, value]) => Resp.verbatimString(format, value))
)

/** Any value of RESP2 and RESP3, nested to a depth far below the decoder's limit. */
export const respValue: fc.Arbitrary<RespValue> = fc.letrec<{ value: RespValue }>((tie) => {
  const items = fc.array(tie("value"), { maxLength: 5 })
  const pairs = fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 })
  return {
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { weight: 5, arbitrary: scalar },
      { weight: 2, arbitrary: items.map(Resp.array) },
      { weight: 1, arbitrary: items.map(Resp.set) },
      { weight: 1, arbitrary: items.map(Resp.push) },
      { weight: 1, arbitrary: pairs.map(Resp.map) },
      {
        weight: 1,
        arbitrary: fc.tuple(pairs, tie("value")).map(([some, value]) => Resp.attribute(some, value))
      }
    )
  }
}).value

/** Any argument of a command; numbers are whole or fractional and finite. */
export const commandArgument: fc.Arbitrary<CommandArgument> = fc.oneof(
  brokenText,
  anyText,
  bytes,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.bigInt()
)

/** Lengths into which to cut a stream: a plan for `chunked`. */
export const chunkLengths: fc.Arbitrary<ReadonlyArray<number>> = fc.array(fc.integer({ min: 1, max: 40 }), {
  minLength: 1,
  maxLength: 20
})

/** `bytes` cut into pieces of these lengths, over and over, each piece with memory of its own. */
export const chunked = (whole: Uint8Array, lengths: ReadonlyArray<number>): Array<Buffer> => {
  const chunks: Array<Buffer> = []
  for (let start = 0, turn = 0; start < whole.length; turn++) {
    const end = Math.min(whole.length, start + lengths[turn % lengths.length])
    chunks.push(Buffer.from(whole.subarray(start, end)))
    start = end
  }
  return chunks
}
