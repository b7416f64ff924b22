/**
 * Bytes from many buffers on their way into one socket, as ranges: copied once,
 * into one buffer, where they are small, and written where they lie when they
 * are large.
 *
 * The buffers that are added must not change any more.
 */
import type { Writable } from "node:stream"

/** A range from so many bytes on is written where it lies: a write of its own costs less than the copy. */
const LARGE_RANGE_BYTES = 16 * 1024
/** Ranges are joined to buffers of no more than this, so that a write does not need all of it at once. */
const JOINED_BYTES = 256 * 1024

export class WriteGather {
  private readonly buffers: Array<Buffer> = []
  private readonly starts: Array<number> = []
  private readonly ends: Array<number> = []
  private count = 0
  /** Bytes added since the last flush. */
  size = 0

  add(buffer: Buffer, start: number, end: number): void {
    this.size += end - start
    const last = this.count - 1
    // Neighbours in one chunk, as the commands of a pipeline are, become one range.
    if (last >= 0 && this.buffers[last] === buffer && this.ends[last] === start) {
      this.ends[last] = end
      return
    }
    this.buffers[this.count] = buffer
    this.starts[this.count] = start
    this.ends[this.count++] = end
  }

  /** Writes what has been added; false when the stream asks to be left alone until it drains. */
  flush(stream: Writable): boolean {
    const { buffers, count, ends, starts } = this
    if (count === 0) return true
    let isReady: boolean
    if (count === 1) {
      isReady = stream.write(buffers[0].subarray(starts[0], ends[0]))
    } else if (this.size <= JOINED_BYTES) {
      isReady = stream.write(this.join(0, count, this.size))
    } else {
      stream.cork()
      isReady = this.writePieces(stream)
      stream.uncork()
    }
    this.clear()
    return isReady
  }

  clear(): void {
    // A short list is kept, so that the next turn need not grow it again; a long one is given back.
    this.buffers.length = 0
    this.count = 0
    this.size = 0
    if (this.starts.length > 1024) this.starts.length = this.ends.length = 0
  }

  private writePieces(stream: Writable): boolean {
    let isReady = true
    let first = 0
    let size = 0
    const writeJoined = (until: number): void => {
      if (until > first) isReady = stream.write(this.join(first, until, size))
      size = 0
    }
    for (let index = 0; index < this.count; index++) {
      const length = this.ends[index] - this.starts[index]
      if (length >= LARGE_RANGE_BYTES) {
        writeJoined(index)
        isReady = stream.write(this.buffers[index].subarray(this.starts[index], this.ends[index]))
        first = index + 1
      } else {
        if (size + length > JOINED_BYTES) {
          writeJoined(index)
          first = index
        }
        size += length
      }
    }
    writeJoined(this.count)
    return isReady
  }

  private join(first: number, until: number, size: number): Buffer {
    const joined = Buffer.allocUnsafe(size)
    let offset = 0
    for (let index = first; index < until; index++) {
      this.buffers[index].copy(joined, offset, this.starts[index], this.ends[index])
      offset += this.ends[index] - this.starts[index]
    }
    return joined
  }
}
