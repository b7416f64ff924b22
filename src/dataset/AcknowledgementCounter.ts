/**
 * Counts `+OK\r\n` without building a value per reply.
 *
 * A run of plain successes is compared, chunk by chunk, with a run made in
 * advance: one memcmp for some 13 000 replies. What is not a plain success goes,
 * for that one reply, through the full decoder; then counting goes on. Chunks
 * may be split anywhere, and are not kept.
 */
import type { ProtocolError } from "../protocol/ProtocolError.ts"
import type { RespValue } from "../protocol/Resp.ts"
import { RespDecoder } from "../protocol/RespDecoder.ts"

export interface ReplyHandler {
  /** The next `count` replies are `+OK`. */
  readonly onAcknowledged: (count: number) => void
  /** The next reply is this one. Pushes are no replies, and are left out. */
  readonly onOther: (reply: RespValue) => void
}

const OK = Buffer.from("+OK\r\n")
const LINE_FEED = 10

/** Bytes of a chunk compared at once: what Node reads from a socket at most. */
const RUN_LENGTH = 64 * 1024

/** Longer than a run by one reply, so that it can be compared with from any byte of a reply on. */
const run = Buffer.alloc(RUN_LENGTH + OK.length, OK)

export class AcknowledgementCounter {
  private readonly handler: ReplyHandler
  private readonly decoder: RespDecoder
  /** Bytes of `+OK\r\n` that the stream stands behind: 0 between replies. */
  private matched = 0
  private error: ProtocolError | undefined

  constructor(handler: ReplyHandler) {
    this.handler = handler
    this.decoder = new RespDecoder((value) => {
      if (value._tag !== "Push") handler.onOther(value)
    })
  }

  /** Reads a chunk; what it completes goes to the handler before this returns. After an error, always that error. */
  push(chunk: Buffer): ProtocolError | undefined {
    let position = 0
    while (position < chunk.length && this.error === undefined) {
      position = this.decoder.isAtBoundary ? this.count(chunk, position) : this.decode(chunk, position)
    }
    return this.error
  }

  /** Counts successes from `start` on; returns where they end. */
  private count(chunk: Buffer, start: number): number {
    const length = Math.min(chunk.length - start, RUN_LENGTH)
    const isRun = chunk.compare(run, this.matched, this.matched + length, start, start + length) === 0
    const equal = isRun ? length : equalBytes(chunk, start, length, this.matched)
    const total = this.matched + equal
    this.matched = total % OK.length
    const count = (total - this.matched) / OK.length
    if (count > 0) this.handler.onAcknowledged(count)
    if (isRun) return start + equal
    // Another kind of reply, or an OK that goes on: what looked like an OK of it is the decoder's.
    const prefix = this.matched
    this.matched = 0
    if (prefix > 0) this.error = this.decoder.push(OK.subarray(0, prefix))
    return this.error === undefined ? this.decode(chunk, start + equal) : chunk.length
  }

  /** Feeds the decoder up to the next line end: a reply can end nowhere else, so none of the next one is taken. */
  private decode(chunk: Buffer, start: number): number {
    const lineFeed = chunk.indexOf(LINE_FEED, start)
    const end = lineFeed < 0 ? chunk.length : lineFeed + 1
    this.error = this.decoder.push(chunk.subarray(start, end))
    return end
  }
}

/** How many bytes from `start` on are those of a run of OKs that begins at its byte `phase`. */
const equalBytes = (chunk: Buffer, start: number, length: number, phase: number): number => {
  let index = 0
  while (index < length && chunk[start + index] === run[phase + index]) index++
  return index
}
